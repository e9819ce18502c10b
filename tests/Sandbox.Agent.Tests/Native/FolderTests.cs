using Sandbox.Protocol;
using Sandbox.Runtime.Channel;

namespace Sandbox.Agent.Tests.Native;

public sealed class FolderTests(AgentBinary binary)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stat_OfEveryKind_TellsWhatItIs()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        await client.RunShell("""
            printf 12345 >'a b'; chmod 640 'a b'; touch -d @1700000000.123456789 'a b'
            mkdir -m 1777 d; ln -s /etc/passwd l; ln -s /nowhere dangling; mkfifo p
            """);

        FileEntry file = await client.Stat("/workspace/a b", Cancellation);
        Assert.Equal(("/workspace/a b", FileKind.File, 5, 0b110_100_000, 1_700_000_000_123_456_789), (file.Path, file.Kind, file.SizeBytes, file.Mode, file.ModifiedNs));
        Assert.True(file.ChangedNs > file.ModifiedNs && file.Inode > 0);
        Assert.Equal((FileKind.Directory, 0b1_111_111_111), await KindAndMode(client, "/workspace/d"));
        Assert.Equal("/etc/passwd", (await client.Stat("/workspace/l", Cancellation)).LinkTarget);
        Assert.Equal((FileKind.Link, "/nowhere"), ((await client.Stat("/workspace/dangling", Cancellation)).Kind, (await client.Stat("/workspace/dangling", Cancellation)).LinkTarget));
        Assert.Equal(FileKind.Other, (await client.Stat("/workspace/p", Cancellation)).Kind);
        Assert.Equal(FileKind.Other, (await client.Stat("/dev/null", Cancellation)).Kind);
        Assert.Equal(FileKind.Directory, (await client.Stat("/", Cancellation)).Kind);
    }

    [Theory]
    [InlineData("true", "/workspace/x", AgentErrors.NotFound)]
    [InlineData("touch f", "/workspace/f/x", AgentErrors.NotDirectory)]
    [InlineData("ln -s / l", "/workspace/l/etc", AgentErrors.NotRegular)]
    [InlineData("true", "/proc/1/environ", AgentErrors.NotRegular)]
    [InlineData("true", "/proc/1/fd/1", AgentErrors.NotRegular)]
    [InlineData("true", "/workspace/../etc", AgentErrors.Invalid)]
    [InlineData("true", "workspace", AgentErrors.Invalid)]
    [InlineData("mkdir -m 000 d", "/workspace/d/x", AgentErrors.Denied)]
    public async Task Stat_OfWhatCannotBeDescribed_SaysWhy(string script, string path, string code)
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        await client.RunShell(script);

        await Refused(code, () => client.Stat(path, Cancellation));
    }

    [Fact]
    public async Task Move_FilesAndFolders_GetTheirPlace()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        await client.RunShell("mkdir -p d/e full; echo 1 >d/e/f; echo 2 >other; ln -s other link; touch full/x");

        await client.Move(new MoveRequest("/workspace/d", "/workspace/n\n1", false), Cancellation);
        await client.Move(new MoveRequest("/workspace/link", "/workspace/link2", false), Cancellation);
        await Refused(AgentErrors.Exists, () => client.Move(new MoveRequest("/workspace/n\n1/e/f", "/workspace/other", false), Cancellation));
        await client.Move(new MoveRequest("/workspace/n\n1/e/f", "/workspace/other", true), Cancellation);
        await Refused(AgentErrors.NotFound, () => client.Move(new MoveRequest("/workspace/none", "/workspace/x", true), Cancellation));
        await Refused(AgentErrors.NotFound, () => client.Move(new MoveRequest("/workspace/other", "/workspace/none/x", true), Cancellation));
        await Refused(AgentErrors.NotEmpty, () => client.Move(new MoveRequest("/workspace/n\n1", "/workspace/full", true), Cancellation));
        await Refused(AgentErrors.IsDirectory, () => client.Move(new MoveRequest("/workspace/other", "/workspace/full", true), Cancellation));
        await Refused(AgentErrors.Invalid, () => client.Move(new MoveRequest("/workspace/full", "/workspace/full/in", true), Cancellation));
        await Refused(AgentErrors.OtherFileSystem, () => client.Move(new MoveRequest("/workspace/other", "/tmp/other", true), Cancellation));

        Assert.Equal("1\n", (await client.RunShell("cat other")).Out);
        Assert.Equal("full\nlink2\nn?1\nother\n", (await client.RunShell("ls -q")).Out);
        Assert.Equal("other\n", (await client.RunShell("readlink link2")).Out);
    }

    [Fact]
    public async Task MakeFolder_WithAndWithoutParents_MakesOrRefuses()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        await client.RunShell("touch f");

        await client.MakeFolder(new MakeFolderRequest("/workspace/a", false), Cancellation);
        await client.MakeFolder(new MakeFolderRequest("/workspace/b/c/ü", true), Cancellation);
        await client.MakeFolder(new MakeFolderRequest("/workspace/b/c/ü", true), Cancellation);
        await Refused(AgentErrors.Exists, () => client.MakeFolder(new MakeFolderRequest("/workspace/a", false), Cancellation));
        await Refused(AgentErrors.NotFound, () => client.MakeFolder(new MakeFolderRequest("/workspace/x/y", false), Cancellation));
        await Refused(AgentErrors.NotDirectory, () => client.MakeFolder(new MakeFolderRequest("/workspace/f", true), Cancellation));
        await Refused(AgentErrors.NotDirectory, () => client.MakeFolder(new MakeFolderRequest("/workspace/f/y", true), Cancellation));
        await Refused(AgentErrors.Denied, () => client.MakeFolder(new MakeFolderRequest("/etc/x", false), Cancellation));
        await Refused(AgentErrors.Invalid, () => client.MakeFolder(new MakeFolderRequest($"/workspace/{new string('n', 256)}", false), Cancellation));

        Assert.Equal("1000 755\n", (await client.RunShell("stat -c '%u %a' b/c/ü")).Out);
    }

    [Fact]
    public async Task Remove_ATree_FollowsNoLinkAndLeavesTheRest()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        await client.RunShell("""
            mkdir -p t/a/b t/empty keep; touch t/f t/a/b/g keep/k; ln -s ../keep t/link; ln -s /workspace/keep t/a/link
            mkfifo t/p; touch "$(printf 't/bad\xff')"; for i in $(seq 1500); do echo >t/a/$i; done; ln -s keep l; mkdir e
            """);

        await Refused(AgentErrors.NotEmpty, () => client.Remove(new RemoveRequest("/workspace/t", false), Cancellation));
        await client.Remove(new RemoveRequest("/workspace/t", true), Cancellation);
        await client.Remove(new RemoveRequest("/workspace/l", true), Cancellation);
        await client.Remove(new RemoveRequest("/workspace/e", false), Cancellation);
        await Refused(AgentErrors.NotFound, () => client.Remove(new RemoveRequest("/workspace/t", true), Cancellation));

        Assert.Equal("keep\nkeep/k\n", (await client.RunShell("find . -mindepth 1 -printf '%P\\n' | sort")).Out);
    }

    [Theory]
    [InlineData("/", AgentErrors.Invalid)]
    [InlineData("/workspace", AgentErrors.Denied)]
    [InlineData("/usr", AgentErrors.Denied)]
    [InlineData("/tmp/theirs", AgentErrors.Denied)]
    [InlineData("/proc/1", AgentErrors.NotRegular)]
    public async Task Remove_WhatTheUserMayNot_RemovesNothing(string path, string code)
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        await client.RunShell("touch /workspace/a; mkdir -m 555 /tmp/theirs /tmp/theirs/x");
        await client.RunShell("chmod 755 /tmp/theirs; mkdir /tmp/theirs/y; touch /tmp/theirs/y/z; chmod 555 /tmp/theirs/y /tmp/theirs");

        await Refused(code, () => client.Remove(new RemoveRequest(path, true), Cancellation));

        Assert.Equal("a\nz\n", (await client.RunShell("ls /workspace; ls /tmp/theirs/y")).Out);
    }

    [Fact]
    public async Task Remove_ATreeOfTenThousandLevels_Works()
    {
        await using AgentBox box = await AgentBox.Start(binary, inodes: 30_000);
        await using AgentClient client = await box.Connect();
        Run made = await client.RunShell("""
            python3 -c '
            import os
            os.mkdir("deep"); os.chdir("deep")
            for i in range(10_000):
                os.mkdir("d"); open("f", "w"); os.chdir("d")'
            """);
        Assert.Equal((0, ""), (made.Result.ExitCode, made.Error));

        await client.Remove(new RemoveRequest("/workspace/deep", true), Cancellation);

        Assert.Equal("", (await client.RunShell("ls -A")).Out);
    }

    [Fact]
    public async Task Remove_WhileCodeFillsTheFolder_EndsWhenTheHostGivesUp()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        await using IAgentExec filling = await client.Exec(
            new ExecRequest("filling", 0, Runs.Shell("echo; while :; do mkdir -p t/a t/b; done", killAll: false)), default, default, Cancellation);
        while (!await Exists(client, "/workspace/t"))
            await Task.Yield();
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        Task removing = client.Remove(new RemoveRequest("/workspace/t", true), giveUp.Token);

        await giveUp.CancelAsync();
        await Task.WhenAny(removing);
        await client.Signal("filling", 9, Cancellation);

        // The file thread is there for others.
        Assert.Equal(FileKind.Directory, (await client.Stat("/workspace", Cancellation)).Kind);
    }

    [Fact]
    public async Task Request_GivenUpBeforeItBegan_CostsNoOtherOne()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();

        for (int i = 0; i < 50; i++)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.Stat("/workspace", new CancellationToken(canceled: true)));

        Assert.Equal(FileKind.Directory, (await client.Stat("/workspace", Cancellation)).Kind);
        Assert.False(client.Disconnected.IsCompleted);
    }

    private static async Task<bool> Exists(AgentClient client, string path)
    {
        try
        {
            await client.Stat(path, Cancellation);
            return true;
        }
        catch (AgentRequestException refusal) when (refusal.Code == AgentErrors.NotFound)
        {
            return false;
        }
    }

    private static async Task<(FileKind Kind, int Mode)> KindAndMode(AgentClient client, string path)
    {
        FileEntry entry = await client.Stat(path, Cancellation);
        return (entry.Kind, entry.Mode);
    }

    private static async Task Refused(string code, Func<Task> request)
    {
        AgentRequestException refusal = await Assert.ThrowsAsync<AgentRequestException>(request);
        Assert.Equal((code, refusal.Message), (refusal.Code, refusal.Message));
    }
}
