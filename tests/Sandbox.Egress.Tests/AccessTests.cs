using Sandbox.Egress.Rules;
using Sandbox.Egress.Tests.Testing;
using Sandbox.Protocol;

namespace Sandbox.Egress.Tests;

/// <summary>What a sandbox may have open and use, and what becomes of it when the rules change or the work ends.</summary>
public sealed class AccessTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Open_ListensOnThePortThatTheEnvironmentNames()
    {
        await using var way = await Way.Open(EgressRules.None);
        Assert.Equal(EgressProxy.Port, way.Agent.Port);
        Assert.Equal($"http://127.0.0.1:{EgressProxy.Port}", EgressEnvironment.With(new Dictionary<string, string>())["https_proxy"]);
    }

    [Fact]
    public async Task Change_ToLess_CutsWhatIsNoLongerAllowed()
    {
        await using var server = new EchoServer();
        await using var kept = new EchoServer();
        await using var way = await Way.Open(EgressRules.Compile([("server.example", null, [server.Port, kept.Port]), (null, "127.0.0.1/32", [server.Port, kept.Port])]));
        var (cut, _) = await way.Connect($"server.example:{server.Port}");
        var (stays, _) = await way.Connect($"server.example:{kept.Port}");

        way.Access.Change(Way.To(kept.Port));

        Assert.Equal("policy_changed", (await way.Log.NextEnd()).Outcome);
        Assert.Equal(0, await ReadOrCut(cut));
        await stays.WriteAsync("x"u8.ToArray(), Token);
        Assert.Equal(1, await ReadOrCut(stays));
        Assert.Contains("port_not_allowed", (await way.Connect($"server.example:{server.Port}")).Head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Change_OfTheRangeAlone_CutsToo()
    {
        await using var server = new EchoServer();
        await using var way = await Way.Open(Way.To(server.Port));
        await way.Connect($"server.example:{server.Port}");
        way.Access.Change(EgressRules.Compile([("server.example", null, [server.Port])]));
        Assert.Equal("policy_changed", (await way.Log.NextEnd()).Outcome);
    }

    [Fact]
    public async Task Change_ToMore_HoldsForTheNextConnection()
    {
        await using var server = new EchoServer();
        await using var way = await Way.Open(EgressRules.None);
        Assert.Contains(" 403 ", (await way.Connect($"server.example:{server.Port}")).Head, StringComparison.Ordinal);
        way.Access.Change(Way.To(server.Port));
        Assert.Contains(" 200 ", (await way.Connect($"server.example:{server.Port}")).Head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_BeyondTheLimit_CutTheConnection()
    {
        await using var server = new EchoServer();
        await using var way = await Way.Open(Way.To(server.Port), ("MaxBytes", "10"));
        var (program, _) = await way.Connect($"server.example:{server.Port}");
        await program.WriteAsync("12345"u8.ToArray(), Token);
        await program.ReadExactlyAsync(new byte[5], Token);
        await program.WriteAsync("6"u8.ToArray(), Token);
        Assert.Equal("byte_limit", (await way.Log.NextEnd()).Outcome);
        Assert.Equal(0, await ReadOrCut(program));

        // Of all its connections together.
        var (next, _) = await way.Connect($"server.example:{server.Port}");
        await next.WriteAsync("7"u8.ToArray(), Token);
        Assert.Equal("byte_limit", (await way.Log.NextEnd()).Outcome);
    }

    [Fact]
    public async Task Bytes_UsedOnOneConnectionToTheAgent_AreUsedOnTheNext()
    {
        await using var server = new EchoServer();
        await using var way = await Way.Open(Way.To(server.Port), ("MaxBytes", "10"));
        var (first, _) = await way.Connect($"server.example:{server.Port}");
        await first.WriteAsync("12345"u8.ToArray(), Token);
        await first.ReadExactlyAsync(new byte[5], Token);
        await way.Access.DisposeAsync();
        Assert.Equal("ended", (await way.Log.NextEnd()).Outcome);

        await using var again = await way.Reopen(Way.To(server.Port));
        var (second, _) = await way.Connect($"server.example:{server.Port}");
        await second.WriteAsync("6"u8.ToArray(), Token);

        Assert.Equal("byte_limit", (await way.Log.NextEnd()).Outcome);
    }

    [Fact]
    public async Task Asking_MoreOftenThanAllowed_Waits()
    {
        await using var server = new EchoServer();
        await using var way = await Way.Open(Way.To(server.Port), ("MaxConnectionsPerMinute", "60"));
        var first = Enumerable.Range(0, 6).Select(_ => way.Budget.Admit(Token)).ToList();
        Assert.All(first, asked => Assert.True(asked.IsCompletedSuccessfully));
        // One comes free each second: of so many that are asked for in the same moment, some have to wait.
        var waiting = Enumerable.Range(0, 60).Select(_ => way.Budget.Admit(Token)).ToList();
        Assert.Contains(waiting, asked => !asked.IsCompleted);
        await way.Budget.DisposeAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => Task.WhenAll(waiting));
    }

    [Fact]
    public async Task Connection_WithoutABitMoving_IsCut()
    {
        await using var server = new EchoServer();
        await using var way = await Way.Open(Way.To(server.Port), ("IdleTimeoutSeconds", "60"));
        var (program, _) = await way.Connect($"server.example:{server.Port}");
        way.Time.Advance(TimeSpan.FromSeconds(59));
        await program.WriteAsync("x"u8.ToArray(), Token);
        await program.ReadExactlyAsync(new byte[1], Token);
        way.Time.Advance(TimeSpan.FromSeconds(59));
        await program.WriteAsync("x"u8.ToArray(), Token);
        await program.ReadExactlyAsync(new byte[1], Token);
        way.Time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal("idle", (await way.Log.NextEnd()).Outcome);
    }

    [Theory]
    [InlineData("CONNECT server.example:{0} HTTP/1.1\r\n\r\n")]
    [InlineData("GET http://server.example:{0}/ HTTP/1.1\r\nHost: server.example:{0}\r\n\r\n")]
    public async Task Connection_ThatCannotBeRecorded_IsNotUsed(string request)
    {
        var got = 0;
        await using var server = new EchoServer(async stream => got += await stream.ReadAsync(new byte[1]));
        await using var way = await Way.Open(Way.To(server.Port));
        way.Log.Fails = true;
        var (_, head) = await way.Ask(string.Format(System.Globalization.CultureInfo.InvariantCulture, request, server.Port));
        Assert.StartsWith("HTTP/1.1 503 ", head, StringComparison.Ordinal);
        Assert.Contains("not_recorded", head, StringComparison.Ordinal);
        Assert.Equal(0, got);
    }

    [Fact]
    public async Task Connections_BeyondTheLimit_WaitForOneToEnd()
    {
        await using var server = new EchoServer();
        await using var way = await Way.Open(Way.To(server.Port), ("MaxConnections", "2"));
        var (first, _) = await way.Connect($"server.example:{server.Port}");
        await way.Connect($"server.example:{server.Port}");
        var third = way.Connect($"server.example:{server.Port}");
        Assert.Equal(2, way.Agent.Taken);

        await first.DisposeAsync();

        Assert.Contains(" 200 ", (await third).Head, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CONNECT server.example:{0} HTTP/1.1\r\n\r\n")]
    [InlineData("POST http://server.example:{0}/ HTTP/1.1\r\nHost: server.example:{0}\r\nContent-Length: 5\r\n\r\n1")]
    public async Task Dispose_CutsWhatIsOpenAndWaitsForIt(string request)
    {
        await using var server = new EchoServer(stream => stream.CopyToAsync(Stream.Null));
        var way = await Way.Open(Way.To(server.Port));
        var program = way.Agent.Connect();
        await program.WriteAsync(System.Text.Encoding.ASCII.GetBytes(string.Format(System.Globalization.CultureInfo.InvariantCulture, request, server.Port)), Token);
        while (way.Log.Decisions.Count == 0)
            await Task.Yield();
        await way.DisposeAsync();
        Assert.Equal("ended", (await way.Log.NextEnd()).Outcome);
    }

    private static async Task<int> ReadOrCut(Stream stream)
    {
        try
        {
            return await stream.ReadAsync(new byte[1], Token);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
