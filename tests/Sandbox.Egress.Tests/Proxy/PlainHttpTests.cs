using System.Text;
using Sandbox.Egress.Rules;
using Sandbox.Egress.Tests.Testing;

namespace Sandbox.Egress.Tests.Proxy;

/// <summary>Requests without TLS.</summary>
public sealed class PlainHttpTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Get_OfAnAllowedUrl_ReachesItsHostAndNamesIt()
    {
        await using var server = new EchoServer(Answer("fine"));
        await using var way = await Way.Open(Way.To(server.Port));

        var (program, head) = await way.Ask(
            $"GET http://server.example:{server.Port}/a?b=c HTTP/1.1\r\nHost: server.example:{server.Port}\r\nProxy-Authorization: Basic eA==\r\nProxy-Connection: keep-alive\r\nX-Own: 1\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 200 ", head, StringComparison.Ordinal);
        var body = await Body(program, head);
        Assert.Contains("GET /a?b=c HTTP/1.1\n", body, StringComparison.Ordinal);
        Assert.Contains($"Host: server.example:{server.Port}\n", body, StringComparison.Ordinal);
        Assert.Contains("X-Own: 1\n", body, StringComparison.Ordinal);
        Assert.DoesNotContain("Proxy-", body, StringComparison.Ordinal);
        var end = await way.Log.NextEnd();
        Assert.Equal(("server.example", "closed"), (end.Opened.Host, end.Outcome));
        Assert.True(end.BytesIn > 0 && end.BytesOut > 0);
    }

    [Fact]
    public async Task Get_WithTheHeaderOfAnotherHost_NamesTheHostOfItsUrl()
    {
        await using var server = new EchoServer(Answer(""));
        await using var way = await Way.Open(Way.To(server.Port));
        var (program, head) = await way.Ask($"GET http://server.example:{server.Port}/ HTTP/1.1\r\nHost: other.example\r\n\r\n");
        Assert.Contains($"Host: server.example:{server.Port}\n", await Body(program, head), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_AgainToAnotherHost_IsJudgedAnew()
    {
        await using var server = new EchoServer(Answer("fine"));
        await using var way = await Way.Open(Way.To(server.Port));
        var (program, head) = await way.Ask(Get($"server.example:{server.Port}"));
        await Body(program, head);
        await program.WriteAsync(Encoding.ASCII.GetBytes(Get($"other.example:{server.Port}")), Token);

        var second = await Way.Head(program);

        Assert.StartsWith("HTTP/1.1 403 ", second, StringComparison.Ordinal);
        Assert.Contains("name_not_allowed", second, StringComparison.Ordinal);
        Assert.Equal(1, server.Connections);
        Assert.Equal([null, "name_not_allowed"], way.Log.Decisions.Select(decision => decision.Reason));
    }

    [Fact]
    public async Task Get_ARedirectToThePrivate_IsPassedOnAndThenRefused()
    {
        await using var server = new EchoServer(Answer("", "302 Found", "Location: http://169.254.169.254/latest/meta-data\r\n"));
        await using var way = await Way.Open(Way.To(server.Port));
        var (program, head) = await way.Ask(Get($"server.example:{server.Port}"));
        Assert.StartsWith("HTTP/1.1 302 ", head, StringComparison.Ordinal);
        Assert.Contains("Location: http://169.254.169.254/latest/meta-data\r\n", head, StringComparison.Ordinal);

        await Body(program, head);
        await program.WriteAsync(Encoding.ASCII.GetBytes(Get("169.254.169.254")), Token);

        Assert.Contains("address_reserved", await Way.Head(program), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: server.example\r\n\r\n")]
    [InlineData("GET https://server.example/ HTTP/1.1\r\nHost: server.example\r\n\r\n")]
    [InlineData("GET http://user:password@server.example/ HTTP/1.1\r\nHost: server.example\r\n\r\n")]
    [InlineData("GET http://server.example/ HTTP/1.1\r\n\r\n")]
    [InlineData("GET ftp://server.example/ HTTP/1.1\r\nHost: server.example\r\n\r\n")]
    [InlineData("POST http://server.example/ HTTP/1.1\r\nHost: server.example\r\nContent-Length: x\r\n\r\n")]
    [InlineData("nonsense and more of it\r\n\r\n")]
    [InlineData("\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\r\n\r\n")]
    public async Task Request_ThatIsNoneForAProxy_IsABadRequest(string request)
    {
        await using var way = await Way.Open(Way.To(80));
        Assert.StartsWith("HTTP/1.1 400 ", (await way.Ask(request)).Head, StringComparison.Ordinal);
        Assert.Empty(way.Log.Decisions);
    }

    [Fact]
    public async Task Post_OfALargeBody_StreamsBothWays()
    {
        const int size = 20_000_000;
        await using var server = new EchoServer(async stream =>
        {
            await Way.Head(stream);
            var buffer = new byte[size];
            await stream.ReadExactlyAsync(buffer);
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n"));
            await stream.WriteAsync(buffer);
        });
        await using var way = await Way.Open(Way.To(server.Port));
        var program = way.Agent.Connect();
        var host = $"server.example:{server.Port}";
        await program.WriteAsync(Encoding.ASCII.GetBytes($"POST http://{host}/ HTTP/1.1\r\nHost: {host}\r\nContent-Length: {size}\r\n\r\n"), Token);
        var sending = Send(program, size);

        Assert.StartsWith("HTTP/1.1 200 ", await Way.Head(program), StringComparison.Ordinal);
        await program.ReadExactlyAsync(new byte[size], Token);
        await sending;
    }

    [Fact]
    public async Task Get_FromAServerThatIsGone_IsABadGateway()
    {
        await using var server = new EchoServer(_ => Task.CompletedTask);
        await using var way = await Way.Open(Way.To(server.Port));
        Assert.StartsWith("HTTP/1.1 502 ", (await way.Ask(Get($"server.example:{server.Port}"))).Head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_OnThePortOfTls_IsRefused()
    {
        await using var way = await Way.Open(Way.To(443));
        var (_, head) = await way.Ask(Get("server.example:443"));
        Assert.StartsWith("HTTP/1.1 403 ", head, StringComparison.Ordinal);
        Assert.Equal("tls_expected", Assert.Single(way.Log.Decisions).Reason);
    }

    [Fact]
    public async Task Get_OfAVirtualHost_IsAnsweredHereAndConnectsNowhere()
    {
        await using var way = await Way.Open(EgressRules.None);
        var (program, head) = await way.Ask("GET http://INNER.sandbox/a/b?c=d HTTP/1.1\r\nHost: INNER.sandbox\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 ", head, StringComparison.Ordinal);
        var chunk = new byte[4 + "GET /a/b?c=d".Length];
        await program.ReadExactlyAsync(chunk, Token);
        Assert.Contains("GET /a/b?c=d", Encoding.ASCII.GetString(chunk), StringComparison.Ordinal);
        Assert.Contains("name_not_allowed", (await way.Connect("inner.sandbox:443")).Head, StringComparison.Ordinal);
        Assert.Single(way.Log.Decisions);
    }

    private static string Get(string host) => $"GET http://{host}/ HTTP/1.1\r\nHost: {host}\r\n\r\n";

    private static async Task Send(Stream program, int size)
    {
        for (var sent = 0; sent < size; sent += 100_000)
            await program.WriteAsync(new byte[100_000], Token);
    }

    // Answers with what it was asked, after the text.
    private static Func<Stream, Task> Answer(string text, string status = "200 OK", string headers = "") => async stream =>
    {
        var body = text + (await Way.Head(stream)).ReplaceLineEndings("\n");
        await stream.WriteAsync(Encoding.Latin1.GetBytes($"HTTP/1.1 {status}\r\n{headers}Content-Length: {body.Length}\r\n\r\n{body}"));
    };

    private static async Task<string> Body(Stream stream, string head)
    {
        var length = head.Split("\r\n").Single(line => line.StartsWith("Content-Length: ", StringComparison.Ordinal));
        var body = new byte[int.Parse(length["Content-Length: ".Length..], System.Globalization.CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body, Token);
        return Encoding.Latin1.GetString(body);
    }
}
