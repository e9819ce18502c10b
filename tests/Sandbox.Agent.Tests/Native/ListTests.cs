using System.Text;
using Sandbox.Protocol;
using Sandbox.Runtime.Channel;

namespace Sandbox.Agent.Tests.Native;

public sealed class ListTests(AgentBinary binary)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task List_EveryKindAndName_IsInOrderAndFollowsNothing()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        await client.RunShell("""
            mkdir -p b/c; printf 123 >b/c/f; touch 'a b' 'ü' "$(printf 'n\nl')" "$(printf 'bad\xff')" b-
            ln -s /etc etc; ln -s .. b/up; ln -s loop loop; mkfifo p; mkdir -m 000 closed
            """);

        ListReply flat = await client.List(new ListRequest("/workspace", false, null, 100), Cancellation);
        ListReply all = await client.List(new ListRequest("/workspace", true, null, 100), Cancellation);

        Assert.Equal(["a b", "b", "b-", "bad\ufffd", "closed", "etc", "loop", "n\nl", "p", "ü"], flat.Entries.Select(entry => entry.Path));
        Assert.Equal(["a b", "b", "b-", "b/c", "b/c/f", "b/up", "bad\ufffd", "closed", "etc", "loop", "n\nl", "p", "ü"], all.Entries.Select(entry => entry.Path));
        Assert.Equal("626164FF", Convert.ToHexString(all.Entries[6].RawPath!));
        Assert.Equal((FileKind.File, 3), (all.Entries[4].Kind, all.Entries[4].SizeBytes));
        Assert.Equal((FileKind.Link, ".."), (all.Entries[5].Kind, all.Entries[5].LinkTarget));
        Assert.Equal((false, true), (flat.Incomplete, all.Incomplete));
        Assert.Null(all.Next);
    }

    [Theory]
    [InlineData("true", "/workspace/x", AgentErrors.NotFound)]
    [InlineData("touch x", "/workspace/x", AgentErrors.NotDirectory)]
    [InlineData("ln -s /etc x", "/workspace/x", AgentErrors.NotRegular)]
    [InlineData("mkdir -m 000 x", "/workspace/x", AgentErrors.Denied)]
    [InlineData("true", "/proc", AgentErrors.NotRegular)]
    [InlineData("true", "/proc/1/root", AgentErrors.NotRegular)]
    public async Task List_OfWhatIsNoFolder_SaysWhy(string script, string path, string code)
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        await client.RunShell(script);

        AgentRequestException refusal = await Assert.ThrowsAsync<AgentRequestException>(
            () => client.List(new ListRequest(path, true, null, 100), Cancellation));

        Assert.Equal(code, refusal.Code);
    }

    [Fact]
    public async Task List_TheRoot_DoesNotEnterWhatTheKernelMakesUp()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();

        ListReply page = await client.List(new ListRequest("/", true, "opt"u8.ToArray(), 1000), Cancellation);

        Assert.Contains(page.Entries, entry => entry is { Path: "proc", Kind: FileKind.Directory });
        Assert.DoesNotContain(page.Entries, entry => entry.Path.StartsWith("proc/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task List_ALargeTree_ComesInPagesThatAreCompleteAndCostLittle()
    {
        await using AgentBox box = await AgentBox.Start(binary, inodes: 120_000);
        await using AgentClient client = await box.Connect();
        await client.RunShell("""
            python3 -c '
            import os
            for d in range(10):
                os.mkdir(f"d{d}")
                for i in range(10_000): open(f"d{d}/a file with a name of some length {i}", "w")'
            """);
        List<string> paths = [];

        byte[]? next = null;
        do
        {
            ListReply page = await client.List(new ListRequest("/workspace", true, next, ListRequest.MaxLimit), Cancellation);
            paths.AddRange(page.Entries.Select(entry => entry.Path));
            next = page.Next;
        }
        while (next is not null);

        Assert.Equal(100_010, paths.Count);
        Assert.Equal(paths.Distinct().OrderBy(path => path, StringComparer.Ordinal), paths);
        Assert.InRange(box.PeakResidentKilobytes, 1, 24 * 1024);
    }

    [Fact]
    public async Task List_ADeepTreeOfLongNames_IsBoundedAndSaysSo()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        await client.RunShell("""
            python3 -c '
            import os
            for i in range(150):
                for j in range(3): os.mkdir("\x01" * 254 + str(j))
                os.chdir("\x01" * 254 + "1")'
            """);
        int entries = 0, pages = 0;
        bool incomplete = false;

        byte[]? next = null;
        do
        {
            ListReply page = await client.List(new ListRequest("/workspace", true, next, ListRequest.MaxLimit), Cancellation);
            (entries, pages, next, incomplete) = (entries + page.Entries.Count, pages + 1, page.Next, incomplete || page.Incomplete);
        }
        while (next is not null);

        Assert.Equal((300, true), (entries, incomplete));
        Assert.InRange(pages, 2, 300);
    }

    [Fact]
    public async Task List_FoldersSwappedForLinks_NeverShowsWhatIsBehindThem()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        await using IAgentExec swapping = await client.Exec(
            new ExecRequest("swapping", 0, Runs.Shell("mkdir real; touch real/mine; while :; do mv real x; ln -s /etc real; rm real; mv x real; done", killAll: false)),
            default, default, Cancellation);

        for (int i = 0; i < 300; i++)
        {
            ListReply page = await client.List(new ListRequest("/workspace", true, null, 100), Cancellation);
            Assert.DoesNotContain(page.Entries, entry => entry.Path.Contains("passwd", StringComparison.Ordinal));
        }

        await client.Signal("swapping", 9, Cancellation);
    }

    [Fact]
    public async Task Stat_DuringALongList_IsAnswered()
    {
        await using AgentBox box = await AgentBox.Start(binary);
        await using AgentClient client = await box.Connect();
        Task<ListReply> listing = client.List(new ListRequest("/usr", true, Encoding.UTF8.GetBytes("share"), 1000), Cancellation);

        FileEntry entry = await client.Stat("/workspace", Cancellation);

        Assert.Equal(FileKind.Directory, entry.Kind);
        Assert.NotEmpty((await listing).Entries);
    }
}
