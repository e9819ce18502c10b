using Sandbox.Agent.Exec;
using Sandbox.Protocol;
using Sandbox.Protocol.Framing;

namespace Sandbox.Agent.Tests.Exec;

public sealed class OutputLogTests
{
    private static readonly ExecResult Ended = new(0, null, ExecEnd.Program, 0, 0, false, false, false, null);

    private readonly OutputLog log = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Next_AfterAppend_NumbersFromOneInOrder()
    {
        int reader = log.Attach();
        log.Append(OutputStream.Stdout, "a"u8);
        log.Append(OutputStream.Stderr, "b"u8);
        log.Append(OutputStream.Stdout, "c"u8);
        log.Complete(Ended);

        Assert.Equal(["1a", "2b", "3c"], await Rest(reader, 0));
        Assert.Equal(["3c"], await Rest(reader, 2));
    }

    [Fact]
    public async Task Append_ToAChunkNobodyRead_LetsItGrow()
    {
        int reader = log.Attach();
        log.Append(OutputStream.Stdout, "a"u8);
        log.Append(OutputStream.Stdout, "b"u8);
        Assert.Equal("1ab", await Next(reader, 0));
        log.Append(OutputStream.Stdout, "c"u8);
        log.Complete(Ended);

        Assert.Equal(["1ab", "2c"], await Rest(reader, 0));
    }

    [Fact]
    public async Task Append_Much_CutsChunksAtTheirBound()
    {
        int reader = log.Attach();
        for (int i = 0; i < 10; i++)
            log.Append(OutputStream.Stdout, new byte[30_000]);
        log.Complete(Ended);

        long after = 0;
        while (await log.Next(reader, after, Cancellation) is { } chunk)
        {
            Assert.InRange(chunk.Data.Length, 1, OutputFrame.MaxDataBytes);
            after = chunk.Sequence;
        }

        Assert.Equal(5, after);
    }

    [Fact]
    public async Task Next_BeforeThereIsAny_WaitsForIt()
    {
        int reader = log.Attach();
        Task<string?> next = Next(reader, 0);
        Assert.False(next.IsCompleted);

        log.Append(OutputStream.Stdout, "a"u8);

        Assert.Equal("1a", await next);
    }

    [Fact]
    public async Task Next_AfterAnotherAttached_IsCancelled()
    {
        int old = log.Attach();
        Task<string?> waiting = Next(old, 0);

        int reader = log.Attach();
        log.Detach(old);
        log.Append(OutputStream.Stdout, "a"u8);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal("1a", await Next(reader, 0));
    }

    [Fact]
    public async Task Acknowledge_UpToASequence_ForgetsItAndMakesRoom()
    {
        int made = 0;
        log.RoomMade = () => made++;
        int reader = log.Attach();
        while (log.Room > 0)
            log.Append(OutputStream.Stdout, new byte[Math.Min(log.Room, 60_000)]);
        int full = log.Held;
        await Next(reader, 0);

        log.Acknowledge(1);

        Assert.Equal(1, made);
        Assert.InRange(full, OutputLog.Capacity - 1000, OutputLog.Capacity);
        Assert.InRange(log.Room, 50_000, OutputLog.Capacity);
    }

    [Fact]
    public void Room_WithManySmallChunks_IsBoundedByWhatTheyCost()
    {
        int chunks = 0;
        for (bool odd = false; log.Room > 0; odd = !odd, chunks++)
            log.Append(odd ? OutputStream.Stdout : OutputStream.Stderr, "x"u8);

        Assert.InRange(chunks, 1, OutputLog.Capacity / OutputChunk.Overhead);
    }

    private async Task<string?> Next(int reader, long after) =>
        await log.Next(reader, after, Cancellation) is { } chunk ? Show(chunk) : null;

    private async Task<List<string>> Rest(int reader, long after)
    {
        var rest = new List<string>();
        while (await log.Next(reader, after, Cancellation) is { } chunk)
        {
            rest.Add(Show(chunk));
            after = chunk.Sequence;
        }

        return rest;
    }

    private static string Show(OutputChunk chunk) => chunk.Sequence + System.Text.Encoding.UTF8.GetString(chunk.Data.Span);
}
