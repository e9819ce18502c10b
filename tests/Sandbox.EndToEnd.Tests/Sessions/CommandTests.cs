using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;

namespace Sandbox.EndToEnd.Tests.Sessions;

/// <summary>Background commands and terminals over HTTP, as callers use them.</summary>
public sealed class CommandTests(SharedServer fixture)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("standard")]
    [InlineData("strong")]
    public async Task Command_RunsBesideStepsAndIsHeard(string isolation)
    {
        var session = await SessionClient.Open(fixture.Client, Token, new { isolation });
        var command = await session.StartCommand(
            new { shell = "echo from $PWD; read -r line; echo got $line >&2; cat; exit 3", cwd = "/tmp", env = new { A = "b" }, stdin = "fir", keepStdinOpen = true }, Token, key: "k");
        Assert.Equal(("running", "/tmp"), (command.Status, command.Cwd));
        Assert.Equal(command.Id, (await session.StartCommand(
            new { shell = "echo from $PWD; read -r line; echo got $line >&2; cat; exit 3", cwd = "/tmp", env = new { A = "b" }, stdin = "fir", keepStdinOpen = true }, Token, key: "k")).Id);
        Assert.Equal("2", (await session.Run("1 + 1", Token)).Value);
        Assert.Equal("busy", (await session.Get(Token)).Status);

        Assert.Equal(6, await session.Input(command.Number, "st\n", Token));
        await session.UntilItSays(command.Number, "got first", Token);
        Assert.Equal(11, await session.Input(command.Number, "st\nrest\n", Token, "?offset=3"));
        Assert.Equal(11, await session.Input(command.Number, "", Token, "?close=true"));
        var ended = await session.EndOfCommand(command.Number, Token);

        Assert.Equal(("failed", "exit_code", 3), (ended.Status, ended.Cause, ended.ExitCode));
        Assert.Equal("from /tmp\nrest\n", Encoding.UTF8.GetString(await session.OutputToEnd(command.Number, Token)));
        Assert.Equal("got first\n", (await session.Output(command.Number, Token, stream: "stderr")).Text);
        Assert.Equal(("est\n", 11L, true), ((await session.Output(command.Number, Token, 11, "stdout")).Text, (await session.Output(command.Number, Token, 11, "stdout")).Start, (await session.Output(command.Number, Token, 11, "stdout")).Ended));
        var events = await fixture.Client.EventsAt($"{session.Path}/commands/{command.Number}/events", 0, Token).ToListAsync(Token);
        Assert.Equal("from /tmp\nrest\n", Encoding.UTF8.GetString(events.Output("stdout")));
        using var late = await session.Http.PostAsync($"{session.Path}/commands/{command.Number}/stdin", new ByteArrayContent([1]), Token);
        Assert.Equal("command_input_closed", await SessionClient.CodeOf(late, HttpStatusCode.Conflict, Token));
        using var over = await session.End(Token);
        Assert.Equal("got first\n", (await session.Output(command.Number, Token, stream: "stderr")).Text);
    }

    [Fact]
    public async Task Signal_ByNameOrNumber_ReachesTheTree()
    {
        var session = await SessionClient.Open(fixture.Client, Token);
        var command = await session.StartCommand(new { shell = "trap 'echo hung up' HUP; echo on; while true; do sleep 0.05; done" }, Token);
        await session.UntilItSays(command.Number, "on\n", Token);

        Assert.Equal("running", (await session.Signal(command.Number, "SIGHUP", Token)).Status);
        await session.UntilItSays(command.Number, "hung up", Token);
        await session.Signal(command.Number, 15, Token);
        var ended = await session.EndOfCommand(command.Number, Token);

        Assert.Equal(("failed", "signal", "SIGTERM"), (ended.Status, ended.Cause, ended.Signal));
        using var unknown = await session.Http.PostAsJsonAsync($"{session.Path}/commands/{command.Number}/signal", new { signal = "SIGNOTHING" }, Token);
        Assert.Equal("invalid_request", await SessionClient.CodeOf(unknown, HttpStatusCode.BadRequest, Token));
        using var over = await session.End(Token);
    }

    [Fact]
    public async Task Output_OfMoreThanIsKept_EndsNothingAndSaysWhereItBegins()
    {
        var session = await SessionClient.Open(fixture.Client, Token, new { limits = new { outputBytes = 1 << 20 } });
        const long total = 8_000_000;
        var command = await session.StartCommand(new { shell = $"yes 1234567 | head -c {total}; read -r line; echo end", keepStdinOpen = true }, Token);
        await Eventually.True(async () => (await session.GetCommand(command.Number, Token)).StdoutBytes == total, "all was printed", Token);

        var first = await session.Output(command.Number, Token);
        Assert.Equal(("running", total), ((await session.GetCommand(command.Number, Token)).Status, first.Total));
        Assert.InRange(first.Start, 1, total - (1 << 20) + (64 << 10));
        Assert.Equal("1234567\n"[(int)(first.Start % 8)], (char)first.Data[0]);
        await session.Input(command.Number, "\n", Token);
        Assert.Equal("succeeded", (await session.EndOfCommand(command.Number, Token)).Status);
        Assert.Equal("end\n", (await session.Output(command.Number, Token, total)).Text);
        using var over = await session.End(Token);
    }

    [Theory]
    [InlineData("standard")]
    [InlineData("strong")]
    public async Task Terminal_ClosedAndOpenedAgain_GoesOnWithItsScreen(string isolation)
    {
        var session = await SessionClient.Open(fixture.Client, Token, new { isolation });
        await using var first = await TerminalClient.Quiet(session, Token, "columns=91&rows=31");
        await first.Type("x=kept; stty size\n", Token);
        await first.Said("31 91\r\n", Token);
        await first.Tell(new { type = "resize", columns = 120, rows = 40 }, Token);
        await first.Type("stty size\n", Token);
        await first.Said("40 120\r\n", Token);
        var seen = first.Next;
        await using var second = await TerminalClient.Open(session, Token, $"from={seen}&columns=120&rows=40");
        await second.Type("echo $x\n", Token);
        await first.Said("kept\r\n", Token);
        await second.Said("kept\r\n", Token);
        Assert.Equal("kept\r\n", second.Text);
        await first.DisposeAsync();

        await using var third = await TerminalClient.Open(session, Token);
        await third.Said("kept\r\n", Token);
        await third.Type("exit 7\n", Token);
        await third.ToEnd(Token);

        Assert.Equal((0L, 7, WebSocketCloseStatus.NormalClosure), (third.Ready.GetProperty("offset").GetInt64(), third.Exit.GetProperty("exitCode").GetInt32(), third.CloseStatus));
        var command = await session.GetCommand(first.Ready.GetProperty("command").GetInt64(), Token);
        Assert.Equal(("failed", "main", 7), (command.Status, command.Terminal, command.ExitCode));
        using var over = await session.End(Token);
    }

    [Fact]
    public async Task Terminal_FloodedAndNotRead_StallsNobody()
    {
        var session = await SessionClient.Open(fixture.Client, Token);
        await using var slow = await TerminalClient.Quiet(session, Token);
        await slow.Type("seq 1 1000000; echo flood''ed\n", Token);
        // It reads nothing from here on.
        await using var other = await TerminalClient.Open(session, Token, "terminal=other");
        await other.Type("echo $((40 + 2))\n", Token);
        await other.Said("42\r\n", Token);
        await session.UntilEndsWith(slow.Ready.GetProperty("command").GetInt64(), "flooded\r\n", Token);

        await slow.Said("flooded\r\n", Token);
        Assert.EndsWith("999999\r\n1000000\r\nflooded\r\n", slow.Text, StringComparison.Ordinal);
        using var over = await session.End(Token);
    }

    [Fact]
    public async Task Terminal_WithoutCredentialFromElsewhereOrWithoutSocket_IsRefused()
    {
        var session = await SessionClient.Open(fixture.Client, Token);
        using var plain = await session.Http.GetAsync($"{session.Path}/terminal", Token);
        Assert.Equal("upgrade_required", await SessionClient.CodeOf(plain, HttpStatusCode.UpgradeRequired, Token));
        using var bad = await session.Http.GetAsync($"{session.Path}/terminal?terminal=a%20b&columns=0&x=1", Token);
        Assert.Equal("invalid_request", await SessionClient.CodeOf(bad, HttpStatusCode.BadRequest, Token));

        // A page elsewhere has no credential to send along; and were there one, its origin would be refused.
        using var anonymous = new ClientWebSocket();
        anonymous.Options.CollectHttpResponseDetails = true;
        var address = new UriBuilder(new Uri(session.Http.BaseAddress!, $"{session.Path}/terminal")) { Scheme = "ws" }.Uri;
        await Assert.ThrowsAsync<WebSocketException>(() => anonymous.ConnectAsync(address, Token));
        Assert.Equal(HttpStatusCode.Unauthorized, anonymous.HttpStatusCode);
        await Assert.ThrowsAsync<WebSocketException>(() => TerminalClient.Open(session, Token, origin: "https://elsewhere.example"));
        await using var own = await TerminalClient.Open(session, Token, origin: session.Http.BaseAddress!.GetLeftPart(UriPartial.Authority));

        Assert.Equal("main", own.Ready.GetProperty("terminal").GetString());
        using var over = await session.End(Token);
        await own.ToEnd(Token);
        Assert.Equal("session_ended", own.Exit.GetProperty("cause").GetString());
    }
}
