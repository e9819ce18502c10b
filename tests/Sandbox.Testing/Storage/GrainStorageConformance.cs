using Orleans;
using Orleans.Runtime;
using Orleans.Storage;
using Sandbox.Grains.Abstractions.Jobs;
using Xunit;

namespace Sandbox.Testing.Storage;

/// <summary>What every grain storage of Sandbox promises.</summary>
public abstract class GrainStorageConformance(IStorageFixture fixture)
{
    private const int ManyWriters = 32;
    private const int LargeBytes = 32 * 1024 * 1024;

    private readonly IGrainStorage _storage = fixture.GrainStorage();
    private readonly GrainId _grain = GrainId.Create("note", Guid.NewGuid().ToString("N"));

    [Fact]
    public async Task Read_NothingStored_GivesFreshStateWithoutETag()
    {
        var state = await Read();

        Assert.False(state.RecordExists);
        Assert.Null(state.ETag);
        Assert.NotNull(state.State);
    }

    [Fact]
    public async Task Read_AfterWrite_GivesEveryMemberBack()
    {
        var written = new Note
        {
            Text = "ü\0\"€\ud83d\ude00", Status = JobStatus.TimedOut, Job = JobId.New(), At = JobTestStates.Epoch.AddTicks(1),
            Bytes = [0, 1, 255], Labels = { ["A b"] = "c" }, Inner = new Inner(3.5, null),
        };
        var holder = await Write(written);

        var read = await Read();

        Assert.True(holder.RecordExists);
        Assert.Equal(holder.ETag, read.ETag);
        Assert.Equivalent(written, read.State, strict: true);
    }

    [Fact]
    public async Task Write_Again_ChangesETagAndState()
    {
        var holder = await Write(new Note { Text = "one" });
        var first = holder.ETag;
        holder.State.Text = "two";

        await _storage.WriteStateAsync("state", _grain, holder);

        Assert.NotEqual(first, holder.ETag);
        Assert.Equal("two", (await Read()).State.Text);
    }

    [Fact]
    public async Task Write_StaleETag_IsRefusedAndChangesNothing()
    {
        var holder = await Write(new Note { Text = "one" });
        var stale = new StateHolder<Note>(new Note { Text = "stale" }, holder.ETag);
        holder.State.Text = "two";
        await _storage.WriteStateAsync("state", _grain, holder);

        await Assert.ThrowsAsync<InconsistentStateException>(() => _storage.WriteStateAsync("state", _grain, stale));

        Assert.Equal("two", (await Read()).State.Text);
    }

    [Fact]
    public async Task Write_WithoutETagOverExisting_IsRefused()
    {
        await Write(new Note { Text = "one" });

        await Assert.ThrowsAsync<InconsistentStateException>(() => Write(new Note { Text = "two" }));
    }

    [Fact]
    public async Task Write_ManyWithOneETagAtOnce_ExactlyOneWins()
    {
        var etag = (await Write(new Note { Text = "start" })).ETag;
        var writers = Enumerable.Range(0, ManyWriters).Select(async i =>
        {
            var holder = new StateHolder<Note>(new Note { Text = $"{i}" }, etag);
            var failure = await Record.ExceptionAsync(() => _storage.WriteStateAsync("state", _grain, holder));
            return (Text: $"{i}", Failure: failure);
        });

        var outcomes = await Task.WhenAll(writers.ToArray());

        var winner = Assert.Single(outcomes, outcome => outcome.Failure is null);
        Assert.All(outcomes.Where(outcome => outcome.Failure is not null), outcome => Assert.IsType<InconsistentStateException>(outcome.Failure));
        Assert.Equal(winner.Text, (await Read()).State.Text);
    }

    [Fact]
    public async Task Write_StateChangesBeforeItIsDurable_StoresWhatWasGiven()
    {
        var holder = new StateHolder<Note>(new Note { Text = "given" });
        var write = _storage.WriteStateAsync("state", _grain, holder);
        holder.State.Text = "later";
        await write;

        Assert.Equal("given", (await Read()).State.Text);
    }

    [Fact]
    public async Task Write_32MiBOfBytes_ComesBack()
    {
        var bytes = new byte[LargeBytes];
        Random.Shared.NextBytes(bytes);
        await Write(new Note { Bytes = bytes });

        var read = (await Read()).State.Bytes;
        Assert.True(bytes.AsSpan().SequenceEqual(read));
    }

    [Fact]
    public async Task Write_OtherStateNameGrainOrType_IsKeptApart()
    {
        await Write(new Note { Text = "mine" });
        var others = new[]
        {
            ("other", _grain),
            ("state", GrainId.Create("note", Guid.NewGuid().ToString("N"))),
            ("state", GrainId.Create("letter", _grain.Key.ToString()!)),
        };
        foreach (var (name, grain) in others)
            await _storage.WriteStateAsync(name, grain, new StateHolder<Note>(new Note { Text = "other" }));

        Assert.Equal("mine", (await Read()).State.Text);
    }

    [Fact]
    public async Task Clear_Existing_RemovesItAndAllowsANewBeginning()
    {
        var holder = await Write(new Note { Text = "one" });

        await _storage.ClearStateAsync("state", _grain, holder);

        Assert.False(holder.RecordExists);
        Assert.Null(holder.ETag);
        Assert.Equal(string.Empty, holder.State.Text);
        Assert.False((await Read()).RecordExists);
        await Write(new Note { Text = "anew" });
        Assert.Equal("anew", (await Read()).State.Text);
    }

    [Fact]
    public async Task Clear_StaleETag_IsRefused()
    {
        var holder = await Write(new Note { Text = "one" });
        var stale = new StateHolder<Note>(new Note(), holder.ETag);
        await _storage.WriteStateAsync("state", _grain, holder);

        await Assert.ThrowsAsync<InconsistentStateException>(() => _storage.ClearStateAsync("state", _grain, stale));
        await Assert.ThrowsAsync<InconsistentStateException>(
            () => _storage.ClearStateAsync("state", _grain, new StateHolder<Note>(new Note())));
        Assert.True((await Read()).RecordExists);
    }

    [Fact]
    public async Task Clear_NothingStored_DoesNothing()
    {
        var holder = new StateHolder<Note>(new Note());

        await _storage.ClearStateAsync("state", _grain, holder);

        Assert.False(holder.RecordExists);
    }

    private async Task<StateHolder<Note>> Write(Note note)
    {
        var holder = new StateHolder<Note>(note);
        await _storage.WriteStateAsync("state", _grain, holder);
        return holder;
    }

    private async Task<StateHolder<Note>> Read()
    {
        var holder = new StateHolder<Note>(new Note());
        await _storage.ReadStateAsync("state", _grain, holder);
        return holder;
    }

    private sealed class Note
    {
        public string Text { get; set; } = string.Empty;

        public JobStatus Status { get; set; }

        public JobId Job { get; set; }

        public DateTimeOffset At { get; set; }

        public byte[] Bytes { get; set; } = [];

        public Dictionary<string, string> Labels { get; set; } = [];

        public Inner? Inner { get; set; }
    }

    private sealed record Inner(double Number, string? Text);
}
