using System.Text;
using Sandbox.Agent.Files;
using Sandbox.Agent.Native;
using Sandbox.Protocol;

namespace Sandbox.Agent.Tests.Files;

public sealed class ListPageTests
{
    [Fact]
    public void Pages_OfEntriesInAnyOrder_AreAllOfThemInTheOrderOfTheirBytes()
    {
        string[] paths = [.. Enumerable.Range(0, 250).Select(i => $"n{i}"), "a", "a-b", "a/b", "a/b/c", "ü", "\U0001F600", "\uFFFD"];
        Random.Shared.Shuffle(paths);
        List<string> listed = [];

        byte[]? next = null;
        do
        {
            ListReply page = Page(next ?? [], 17, paths);
            Assert.InRange(page.Entries.Count, 1, 17);
            listed.AddRange(page.Entries.Select(entry => entry.Path));
            next = page.Next;
        }
        while (next is not null);

        Assert.Equal(paths.OrderBy(path => Convert.ToHexString(Encoding.UTF8.GetBytes(path)), StringComparer.Ordinal), listed);
    }

    [Fact]
    public void Page_ThatHoldsEverything_HasNoNext()
    {
        Assert.Null(Page([], 3, ["c", "a", "b"]).Next);
        Assert.Empty(Page("c"u8.ToArray(), 3, ["c", "a", "b"]).Entries);
    }

    [Fact]
    public void Page_OfLongPaths_StaysWithinOneFrame()
    {
        string[] paths = [.. Enumerable.Range(0, 500).Select(i => new string('\u0001', 20_000) + i)];

        ListReply page = Page([], 500, paths);

        byte[] json = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(page, ProtocolJson.Default.ListReply);
        Assert.InRange(json.Length, 1, AgentProtocol.MaxFrameBytes);
        Assert.NotNull(page.Next);
    }

    [Theory]
    [InlineData("a/", true)]
    [InlineData("b/", true)]
    [InlineData("m/", true)]
    [InlineData("m-/", true)]
    [InlineData("x/", false)]
    [InlineData("0/", false)]
    public void WantsBelow_AFolderOutsideOfThePage_IsNotEntered(string prefix, bool expected)
    {
        var page = new ListPage("a/q"u8.ToArray(), 1);
        page.Add("m/k"u8.ToArray(), default, null);
        page.Add("n"u8.ToArray(), default, null);

        Assert.Equal(expected, page.WantsBelow(Encoding.UTF8.GetBytes(prefix)));
    }

    [Fact]
    public void Entry_NameThatIsNoUtf8_KeepsItsBytes()
    {
        var page = new ListPage([], 10);
        page.Add([0x61, 0xff], new Entry { Kind = EntryKind.File, Size = 3 }, null);

        FileEntry entry = Assert.Single(page.Take(incomplete: false).Entries);

        Assert.Equal(("a\uFFFD", FileKind.File, 3), (entry.Path, entry.Kind, entry.SizeBytes));
        Assert.Equal([0x61, 0xff], entry.RawPath);
    }

    private static ListReply Page(byte[] after, int limit, string[] paths)
    {
        var page = new ListPage(after, limit);
        foreach (string path in paths)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(path);
            if (page.Wants(bytes))
                page.Add(bytes, default, null);
        }

        return page.Take(incomplete: false);
    }
}
