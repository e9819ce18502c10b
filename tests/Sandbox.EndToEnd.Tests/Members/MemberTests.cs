using System.Net;
using System.Text;

namespace Sandbox.EndToEnd.Tests.Members;

/// <summary>What one of two processes holds is used through the other as if it were there.</summary>
public sealed class MemberTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Session_OfTheOtherProcess_IsUsedAsIfItWereHere()
    {
        using var data = new DataDirectory();
        await using var pair = await MemberPair.Start(data, Token);
        var home = await SessionClient.Open(pair.First.Client, Token);
        var away = home.On(pair.Second);

        await home.Run("x = 41", Token);
        Assert.Equal("42", (await away.Run("x + 1", Token)).Value);
        Assert.Equal("'kept'", (await Copied(away, "open('file').read()")).Value);
        var step = await away.Start(new { code = "for i in range(1000): print('line', i)" }, Token);
        var events = await away.Events(step.Sequence, 0, Token).ToListAsync(Token);
        Assert.Equal((await home.EndOf(step.Sequence, Token)).Stdout, Encoding.UTF8.GetString(events.Output("stdout")));

        var command = await away.StartCommand(new { command = new[] { "cat" }, keepStdinOpen = true }, Token);
        Assert.Equal(6, await away.Input(command.Number, "typed\n", Token, "?close=true"));
        Assert.Equal("typed\n", Encoding.UTF8.GetString(await home.OutputToEnd(command.Number, Token)));
        await using (var terminal = await TerminalClient.Quiet(away, Token))
        {
            await terminal.Type("echo over''there\n", Token);
            await terminal.Said("overthere\r\n", Token);
        }

        var snapshot = await away.Keep(Token);
        var restored = await SessionClient.Open(pair.Second.Client, Token, new { snapshot = snapshot.Id });
        Assert.Equal("'kept'", (await restored.On(pair.First).Run("open('file').read()", Token)).Value);
        foreach (var fork in await away.Fork(pair.Second.Client, new { count = 2 }, Token))
            Assert.Equal("'kept'", (await fork.Run("open('file').read()", Token)).Value);

        using var over = await away.End(Token);
        using var gone = await home.Http.GetAsync(home.Path, Token);
        Assert.Equal("session_terminated", await SessionClient.CodeOf(gone, HttpStatusCode.Gone, Token));
        using var files = await away.Http.GetAsync($"{away.Path}/files/file", Token);
        Assert.Equal("session_terminated", await SessionClient.CodeOf(files, HttpStatusCode.Gone, Token));
    }

    [Fact]
    public async Task File_OfTheOtherProcess_StreamsBothWaysWithRangesAndChecksums()
    {
        using var data = new DataDirectory();
        await using var pair = await MemberPair.Start(data, Token);
        var home = await SessionClient.Open(pair.First.Client, Token);
        var away = home.On(pair.Second);
        // Beyond what a request may have that is no stream.
        var content = new byte[40_000_000];
        Random.Shared.NextBytes(content);

        await away.Write("big", content, Token);
        Assert.Equal(content, await home.Read("big", Token));
        Assert.Equal(content, await away.Read("big", Token));
        using var part = new HttpRequestMessage(HttpMethod.Get, $"{away.Path}/files/big") { Headers = { Range = new(5, 9) } };
        using var answer = await away.Http.SendAsync(part, Token);
        Assert.Equal((HttpStatusCode.PartialContent, content[5..10]), (answer.StatusCode, await answer.Content.ReadAsByteArrayAsync(Token)), ByContent);
        using var missing = await away.Http.GetAsync($"{away.Path}/files/none", Token);
        Assert.Equal("not_found", await SessionClient.CodeOf(missing, HttpStatusCode.NotFound, Token));
    }

    [Theory]
    [InlineData("a b%20c")]
    [InlineData("%2F %00 %")]
    [InlineData("ü 日本 🙂")]
    [InlineData("?query#fragment&a=b;c")]
    [InlineData("...")]
    public async Task File_WithAnOddName_IsTheSameThroughTheOtherProcess(string name)
    {
        using var data = new DataDirectory();
        await using var pair = await MemberPair.Start(data, Token);
        var home = await SessionClient.Open(pair.First.Client, Token);
        var away = home.On(pair.Second);

        await away.Write(name, [1, 2], Token);

        Assert.Equal([1, 2], await home.Read(name, Token));
        Assert.Equal([1, 2], await away.Read(name, Token));
        Assert.Equal(name, Assert.Single((await home.List(string.Empty, Token)).Items).Path);
    }

    [Theory]
    [InlineData("a%2Fb", "a/b")]
    [InlineData("%2Ftmp%2Fc", "/tmp/c")]
    [InlineData("/tmp//d", "/tmp/d")]
    public async Task File_WithASlashThatIsEncodedOrTwice_IsTheSameThroughTheOtherProcess(string route, string path)
    {
        using var data = new DataDirectory();
        await using var pair = await MemberPair.Start(data, Token);
        var home = await SessionClient.Open(pair.First.Client, Token);

        using var written = await pair.Second.Client.Http.PutAsync($"{home.Path}/files/{route}", new ByteArrayContent([1, 2]), Token);

        Assert.True(written.StatusCode == HttpStatusCode.Created, await written.Content.ReadAsStringAsync(Token));
        Assert.Equal([1, 2], await home.Read(path, Token));
    }

    [Fact]
    public async Task Jobs_ThroughEither_AreOneList()
    {
        using var data = new DataDirectory();
        await using var pair = await MemberPair.Start(data, Token);
        var here = await pair.First.Client.Run(new { language = "python", code = "print('here')" }, Token);
        var there = await pair.Second.Client.Run(new { language = "python", code = "print('there')" }, Token);

        Assert.Equal(["there\n", "here\n"], (await pair.First.Client.List(string.Empty, Token)).Items.Select(job => pair.Second.Client.Get(job.Id, Token).Result.Stdout));
        Assert.Equal([there.Id, here.Id], (await pair.Second.Client.List(string.Empty, Token)).Items.Select(job => job.Id));
        await pair.Stop(Token);
    }

    [Fact]
    public async Task Template_MadeThroughOne_IsThereAtOnceForBothAndGoneAtOnce()
    {
        using var data = new DataDirectory();
        await using var pair = await MemberPair.Start(data, Token);
        await pair.First.Client.MakeTemplate(new { name = "greeting", from = "default", env = new Dictionary<string, string> { ["GREETING"] = "hello" } }, Token);
        var request = new { language = "python", code = "import os; print(os.environ['GREETING'])", template = "greeting" };

        Assert.Equal(("succeeded", "hello\n"), Told(await pair.Second.Client.Run(request, Token)));
        Assert.Equal(("succeeded", "hello\n"), Told(await pair.First.Client.Run(request, Token)));
        Assert.Equal(HttpStatusCode.NoContent, await pair.Second.Client.Delete("/v1/templates/greeting", Token));
        foreach (var member in new[] { pair.First, pair.Second })
        {
            using var refused = await member.Client.Post(request, Token);
            Assert.Equal("template_unknown", await SessionClient.CodeOf(refused, HttpStatusCode.UnprocessableEntity, Token));
        }
    }

    [Fact]
    public async Task Place_ThatIsTaken_IsRefusedWithTheReason()
    {
        using var data = new DataDirectory();
        await using var first = await SandboxServer.StartMember(data, 1, Token);
        using var again = SandboxServer.Launch(data, ("Sandbox__Members", "2"), ("Sandbox__Member", "1"));
        await again.WaitForExitAsync(Token);
        Assert.Equal(1, again.ExitCode);
        using var beyond = SandboxServer.Launch(data, ("Sandbox__Members", "2"), ("Sandbox__Member", "3"));
        await beyond.WaitForExitAsync(Token);
        Assert.Equal(1, beyond.ExitCode);
        Assert.Contains("Sandbox:Member is 3, and there are 2.", await File.ReadAllTextAsync(data.LogFile, Token), StringComparison.Ordinal);
    }

    private static IEqualityComparer<(HttpStatusCode Status, byte[] Bytes)> ByContent =>
        EqualityComparer<(HttpStatusCode Status, byte[] Bytes)>.Create((a, b) => a.Status == b.Status && a.Bytes.SequenceEqual(b.Bytes));

    private static (string, string?) Told(Job job) => (job.Status, job.Stdout + job.Stderr);

    private static async Task<Step> Copied(SessionClient session, string code)
    {
        await session.Write("file", Encoding.UTF8.GetBytes("kept"), Token);
        return await session.Run(code, Token);
    }
}
