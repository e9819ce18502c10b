using System.Security.Cryptography;
using Sandbox.Protocol;
using Sandbox.Runtime.Channel;

namespace Sandbox.Agent.Tests.Native;

public sealed class TransferTests(AgentBinary binary)
{
    private const long Gigabyte = 1L << 30;
    private const int MostPeakKilobytes = 20 * 1024;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task File_OfAGigabyte_GoesInAndOutWhileTheAgentStaysSmall()
    {
        await using AgentBox box = await AgentBox.Start(binary, disk: "1100m");
        await using AgentClient client = await box.Connect();
        var content = new PatternStream(Gigabyte);

        FileWritten written = await client.WriteFile(new WriteFileRequest("/workspace/big"), content, Cancellation);
        await using AgentFile file = await client.ReadFile(new ReadFileRequest("/workspace", "big", long.MaxValue), Cancellation);
        byte[] hash = await SHA256.HashDataAsync(file.Content, Cancellation);

        Assert.Equal((Gigabyte, Gigabyte), (written.SizeBytes, file.Length));
        Assert.Equal(Convert.ToHexString(content.Hash), Convert.ToHexString(hash));
        Assert.InRange(box.PeakResidentKilobytes, 1, MostPeakKilobytes);
    }

    [Theory]
    [InlineData(0, null, 0, 300_000)]
    [InlineData(100, 10L, 100, 10)]
    [InlineData(299_999, 10L, 299_999, 1)]
    [InlineData(300_000, null, 300_000, 0)]
    [InlineData(1L << 60, 5L, 300_000, 0)]
    [InlineData(-10, null, 299_990, 10)]
    [InlineData(-400_000, 5L, 0, 5)]
    [InlineData(70_000, 200_000L, 70_000, 200_000)]
    [InlineData(5, 0L, 5, 0)]
    public async Task ReadFile_ARange_IsThatPart(long offset, long? length, int first, int count)
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        byte[] content = RandomNumberGenerator.GetBytes(300_000);
        await client.WriteFile(new WriteFileRequest("/workspace/f"), new MemoryStream(content), Cancellation);

        await using AgentFile file = await client.ReadFile(new ReadFileRequest("/workspace", "f", long.MaxValue, offset, length), Cancellation);
        using var read = new MemoryStream();
        await file.Content.CopyToAsync(read, Cancellation);

        Assert.Equal((300_000, first, count), (file.Entry.SizeBytes, file.Offset, file.Length));
        Assert.Equal(content[first..(first + count)], read.ToArray());
        Assert.Equal(await client.Stat("/workspace/f", Cancellation), file.Entry with { Path = "/workspace/f" });
    }

    [Fact]
    public async Task ReadFile_ContentChanged_HasAnotherIdentity()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        await client.RunShell("printf 123 >f; touch -d @1 f");
        FileEntry before = await client.Stat("/workspace/f", Cancellation);

        await client.RunShell("printf 321 >f; touch -d @1 f");
        FileEntry after = await client.Stat("/workspace/f", Cancellation);

        Assert.Equal((before.ModifiedNs, before.SizeBytes, before.Inode), (after.ModifiedNs, after.SizeBytes, after.Inode));
        Assert.NotEqual(before.ChangedNs, after.ChangedNs);
    }

    [Fact]
    public async Task ReadFile_ReaderThatStops_HoldsNobodyUp()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        await client.WriteFile(new WriteFileRequest("/workspace/f"), new PatternStream(20 << 20), Cancellation);
        await using AgentFile stopped = await client.ReadFile(new ReadFileRequest("/workspace", "f", long.MaxValue), Cancellation);
        await stopped.Content.ReadExactlyAsync(new byte[1000], Cancellation);

        await using AgentFile other = await client.ReadFile(new ReadFileRequest("/workspace", "f", long.MaxValue), Cancellation);
        await other.Content.CopyToAsync(Stream.Null, Cancellation);

        Assert.Equal(20 << 20, other.Length);
    }

    [Theory]
    [InlineData("mkdir x", true, AgentErrors.IsDirectory)]
    [InlineData("touch x", false, AgentErrors.Exists)]
    [InlineData("ln -s nowhere x", false, AgentErrors.Exists)]
    public async Task WriteFile_PlaceIsTaken_IsRefusedBeforeTheContentComes(string script, bool overwrite, string code)
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        await client.RunShell(script);
        var content = new GatedStream(first: new byte[10]);

        AgentRequestException refusal = await Assert.ThrowsAsync<AgentRequestException>(() =>
            client.WriteFile(new WriteFileRequest("/workspace/x", Overwrite: overwrite), content, Cancellation));

        Assert.Equal(code, refusal.Code);
        Assert.Equal("x\n", (await client.RunShell("ls -A")).Out);
    }

    [Fact]
    public async Task WriteFile_PlaceTakenMeanwhile_IsRefusedAndLeavesNothing()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        var content = new GatedStream(first: new byte[10]);
        Task<FileWritten> writing = client.WriteFile(new WriteFileRequest("/workspace/x", Overwrite: false), content, Cancellation);
        await content.FirstWasRead;
        while ((await client.RunShell("ls -A")).Out.Length == 0)
            await Task.Yield();

        await client.RunShell("echo mine >x");
        content.Release();

        Assert.Equal(AgentErrors.Exists, (await Assert.ThrowsAsync<AgentRequestException>(() => writing)).Code);
        Assert.Equal("x\nmine\n", (await client.RunShell("ls -A; cat x")).Out);
    }

    [Fact]
    public async Task WriteFile_DiskFullInTheMiddle_IsAnsweredThoughTheContentNeverEnds()
    {
        await using AgentBox box = await AgentBox.Start(binary, disk: "4m");
        await using AgentClient client = await box.Connect();

        AgentRequestException refusal = await Assert.ThrowsAsync<AgentRequestException>(() =>
            client.WriteFile(new WriteFileRequest("/workspace/x"), new PatternStream(long.MaxValue), Cancellation));

        Assert.Equal(AgentErrors.NoSpace, refusal.Code);
        Assert.Equal("", (await client.RunShell("ls -A")).Out);
    }

    [Fact]
    public async Task WriteFile_ContentBreaksOff_SaysSoAndLeavesNothing()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();

        FileContentException failure = await Assert.ThrowsAsync<FileContentException>(() =>
            client.WriteFile(new WriteFileRequest("/workspace/x"), new BrokenStream(), Cancellation));

        Assert.IsType<IOException>(failure.InnerException);
        while ((await client.RunShell("ls -A")).Out.Length > 0)
            await Task.Yield();
    }

    [Fact]
    public async Task WriteFile_OverALink_ReplacesTheLinkAndNotItsTarget()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        await client.RunShell("echo old >target; ln -s target x");

        await client.WriteFile(new WriteFileRequest("/workspace/x"), new MemoryStream("new"u8.ToArray()), Cancellation);

        Assert.Equal("old\nnew644\n", (await client.RunShell("cat target x; stat -c %a x")).Out);
    }

    /// <summary>An upload whose sender is gone after some bytes.</summary>
    private sealed class BrokenStream : MemoryStream
    {
        private bool begun;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (begun)
                throw new IOException("gone");
            begun = true;
            return ValueTask.FromResult(buffer.Length);
        }
    }
}
