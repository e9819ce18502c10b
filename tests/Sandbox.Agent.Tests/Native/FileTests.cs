using System.Text;
using Sandbox.Protocol;
using Sandbox.Runtime.Channel;

namespace Sandbox.Agent.Tests.Native;

public sealed class FileTests(AgentBinary binary)
{
    private const int OwnerReadWrite = 0b110_000_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WriteFile_ThenRead_IsTheSameAndBelongsToTheUser()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        byte[] content = new byte[3_000_000];
        Random.Shared.NextBytes(content);

        FileWritten written = await client.WriteFile(new WriteFileRequest("/workspace/a/b/ü.bin", OwnerReadWrite), new MemoryStream(content), Cancellation);
        byte[] read = await Read(client, "a/b/ü.bin");

        Assert.Equal(content.Length, written.SizeBytes);
        Assert.Equal(content, read);
        Assert.Equal("1000 600|1000 755|1|", (await client.RunShell("stat -c '%u %a' a/b/* a | tr '\\n' '|'; ls -A a/b | wc -l | tr '\\n' '|'")).Out);
    }

    [Fact]
    public async Task WriteFile_DiskFull_IsRefusedAndLeavesNothing()
    {
        await using AgentBox box = await AgentBox.Start(binary, disk: "4m");
        await using AgentClient client = await box.Connect();

        AgentRequestException refusal = await Assert.ThrowsAsync<AgentRequestException>(() =>
            client.WriteFile(new WriteFileRequest("/workspace/big", OwnerReadWrite), new MemoryStream(new byte[16 << 20]), Cancellation));

        Assert.Equal(AgentErrors.NoSpace, refusal.Code);
        Assert.Equal("", (await client.RunShell("ls -A /workspace")).Out);
    }

    [Fact]
    public async Task WriteFile_ConnectionLost_LeavesNothing()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        AgentClient broken = await box.Connect();
        var content = new GatedStream(first: new byte[100_000]);
        Task<FileWritten> writing = broken.WriteFile(new WriteFileRequest("/workspace/half", OwnerReadWrite), content, Cancellation);
        await content.FirstWasRead;

        await broken.DisposeAsync();
        content.Release();
        await Assert.ThrowsAnyAsync<Exception>(() => writing);
        await using AgentClient client = await box.Connect();

        while ((await client.RunShell("ls -A /workspace")).Out.Length > 0)
            await Task.Delay(5, Cancellation);
    }

    [Theory]
    [InlineData("/etc/planted", AgentErrors.Denied)]
    [InlineData("/run/sandbox/planted", AgentErrors.Denied)]
    [InlineData("/proc/sys/kernel/hostname", AgentErrors.NotRegular)]
    public async Task WriteFile_WhereTheUserMayNot_IsRefused(string path, string code)
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();

        AgentRequestException refusal = await Assert.ThrowsAsync<AgentRequestException>(() =>
            client.WriteFile(new WriteFileRequest(path, OwnerReadWrite), new MemoryStream([1]), Cancellation));

        Assert.Equal(code, refusal.Code);
    }

    [Theory]
    [InlineData("ln -s /etc/passwd x", "x", AgentErrors.NotRegular)]
    [InlineData("ln -s /etc x", "x/passwd", AgentErrors.NotRegular)]
    [InlineData("mkfifo x", "x", AgentErrors.NotRegular)]
    [InlineData("mkdir x", "x", AgentErrors.NotRegular)]
    [InlineData("truncate -s 1G x", "x", AgentErrors.TooLarge)]
    [InlineData("true", "x", AgentErrors.NotFound)]
    [InlineData("python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"x\")'", "x", AgentErrors.NotRegular)]
    [InlineData("true", "../etc/passwd", AgentErrors.Invalid)]
    [InlineData("true", "/etc/passwd", AgentErrors.Invalid)]
    public async Task ReadFile_OfAnythingButARegularFile_IsRefused(string script, string path, string code)
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        await client.RunShell(script);

        AgentRequestException refusal = await Assert.ThrowsAsync<AgentRequestException>(() => Read(client, path));

        Assert.Equal(code, refusal.Code);
    }

    [Fact]
    public async Task ReadFile_ThatGrows_EndsAtTheSizeItHad()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        await client.RunShell("head -c 500000 /dev/zero >x");
        await using IAgentExec growing = await client.Exec(
            new ExecRequest("growing", 0, Runs.Shell("while :; do head -c 1000 /dev/zero >>x; done", killAll: false)), default, default, Cancellation);

        byte[] read = await Read(client, "x");
        await client.Signal("growing", 9, Cancellation);

        Assert.InRange(read.Length, 500_000, 1 << 20);
    }

    [Fact]
    public async Task FindFiles_ByGlob_ReturnsRegularFilesOnly()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        await client.RunShell("""
            mkdir -p out/deep/er other; echo 1 >out/a.txt; echo 22 >out/deep/er/b.txt; echo >other/c.txt; echo >top.txt
            ln -s /etc/passwd out/link.txt; mkfifo out/pipe.txt; ln -s /etc out/folder; printf x >"out/new
            line.txt"; touch "$(printf 'out/bad\xff.txt')"; touch "out/$(printf 'n%.0s' $(seq 251)).txt"
            """);

        FindFilesReply found = await Find(client, "out/**/*.txt", "top.txt", "nothing/*");

        Assert.Equal(
            ["out/a.txt", "out/deep/er/b.txt", "out/new\nline.txt", $"out/{new string('n', 251)}.txt", "top.txt"],
            found.Files.Select(file => file.Path));
        Assert.Equal(3, found.Files[1].SizeBytes);
        Assert.Equal(["out/bad\ufffd.txt", "out/link.txt", "out/pipe.txt"], found.Skipped.Select(file => file.Path).Order(StringComparer.Ordinal));
        Assert.False(found.Truncated);
    }

    [Fact]
    public async Task FindFiles_NameOfAFolder_DoesNotMatchItsContent()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        await client.RunShell("mkdir -p out; echo >out/a");

        Assert.Empty((await Find(client, "out", "*")).Files);
    }

    [Fact]
    public async Task FindFiles_DeepAndWide_IsBounded()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        await client.RunShell("""
            python3 -c '
            import os
            for i in range(200):
                os.mkdir("d"); os.chdir("d")
            open("bottom", "w")
            os.chdir("/workspace")
            for i in range(2000): open(f"f{i}", "w")'
            """);

        FindFilesReply deep = await Find(client, "d/**/bottom");
        FindFilesReply wide = await Find(client, "f*");

        Assert.Empty(deep.Files);
        Assert.True(deep.Truncated);
        Assert.Equal(100, wide.Files.Count);
        Assert.True(wide.Truncated);
    }

    private static Task<FindFilesReply> Find(AgentClient client, params string[] globs) =>
        client.FindFiles(new FindFilesRequest("/workspace", globs, 100), Cancellation);

    private static async Task<byte[]> Read(AgentClient client, string path)
    {
        await using AgentFile file = await client.ReadFile(new ReadFileRequest("/workspace", path, 16 << 20), Cancellation);
        using var content = new MemoryStream();
        await file.Content.CopyToAsync(content, Cancellation);
        return content.ToArray();
    }
}
