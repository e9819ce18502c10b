using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Sandbox.Egress.Rules;
using Sandbox.Egress.Tests.Testing;

namespace Sandbox.Egress.Tests.Proxy;

/// <summary>Tunnels by CONNECT.</summary>
public sealed class ConnectTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Connect_ToWhatIsAllowed_CarriesBytesAndRecordsThem()
    {
        await using var server = new EchoServer();
        await using var way = await Way.Open(Way.To(server.Port));
        var (program, head) = await way.Connect($"SERVER.example.:{server.Port}");
        Assert.StartsWith("HTTP/1.1 200 ", head, StringComparison.Ordinal);

        await program.WriteAsync("hello"u8.ToArray(), Token);
        var echo = new byte[5];
        await program.ReadExactlyAsync(echo, Token);
        Assert.Equal("hello", Encoding.ASCII.GetString(echo));
        await program.DisposeAsync();

        var end = await way.Log.NextEnd();
        Assert.Equal(("server.example", server.Port, "127.0.0.1", 5L, 5L, "closed"), (end.Opened.Host, end.Opened.Port, end.Opened.Address!.ToString(), end.BytesOut, end.BytesIn, end.Outcome));
        Assert.Equal(new EgressOwner("acme", "agent", "ses_1"), end.Opened.Owner);
        Assert.Null(Assert.Single(way.Log.Decisions).Reason);
    }

    [Theory]
    [InlineData("other.example", 403, "name_not_allowed")]
    [InlineData("sub.server.example", 403, "name_not_allowed")]
    [InlineData("server.example.evil.example", 403, "name_not_allowed")]
    [InlineData("8.8.8.8", 403, "address_not_allowed")]
    [InlineData("169.254.169.254", 403, "address_reserved")]
    [InlineData("[::1]", 403, "address_reserved")]
    [InlineData("[::ffff:169.254.169.254]", 403, "address_reserved")]
    [InlineData("0x7f000001", 403, "malformed_target")]
    [InlineData("2130706433", 403, "malformed_target")]
    [InlineData("127.1", 403, "malformed_target")]
    [InlineData("0177.0.0.1", 403, "malformed_target")]
    [InlineData("missing.example", 502, "name_not_found")]
    public async Task Connect_ToWhatIsNotAllowed_IsAnsweredAndRecordedWithTheReason(string host, int status, string reason)
    {
        await using var server = new EchoServer();
        var rules = EgressRules.Compile([("server.example", null, [server.Port]), ("missing.example", null, [server.Port]), (null, "127.0.0.1/32", [server.Port])]);
        await using var way = await Way.Open(rules);

        var (program, head) = await way.Connect($"{host}:{server.Port}");

        Assert.StartsWith($"HTTP/1.1 {status} ", head, StringComparison.Ordinal);
        Assert.Contains($"X-Sandbox-Egress: {reason}\r\n", head, StringComparison.Ordinal);
        await program.DisposeAsync();
        Assert.Equal(reason, Assert.Single(way.Log.Decisions).Reason);
        Assert.Equal(0, server.Connections);
    }

    [Fact]
    public async Task Connect_OnAnotherPort_IsRefused()
    {
        await using var server = new EchoServer();
        await using var way = await Way.Open(Way.To(server.Port));
        Assert.Contains("port_not_allowed", (await way.Connect("server.example:22")).Head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_ToAPortThatNobodyListensOn_IsABadGateway()
    {
        await using var server = new EchoServer();
        var port = server.Port;
        await server.DisposeAsync();
        await using var way = await Way.Open(Way.To(port));
        Assert.StartsWith("HTTP/1.1 502 ", (await way.Connect($"server.example:{port}")).Head, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CONNECT server.example HTTP/1.1")]
    [InlineData("CONNECT server.example:80 HTTP/2.0")]
    [InlineData("CONNECT server.example:80 x HTTP/1.1")]
    [InlineData("CONNECT  HTTP/1.1")]
    [InlineData("CONNECT :80 HTTP/1.1")]
    [InlineData("CONNECT server.example:+80 HTTP/1.1")]
    [InlineData("CONNECT server.example:80")]
    public async Task Connect_Malformed_IsABadRequest(string line)
    {
        await using var way = await Way.Open(Way.To(80));
        Assert.StartsWith("HTTP/1.1 400 ", (await way.Ask(line + "\r\n\r\n")).Head, StringComparison.Ordinal);
        Assert.Empty(way.Log.Decisions);
    }

    [Fact]
    public async Task Connect_WithEndlessHeaders_IsABadRequest()
    {
        await using var way = await Way.Open(Way.To(80));
        var asked = way.Ask("CONNECT server.example:80 HTTP/1.1\r\n" + new string('x', 40_000));
        Assert.StartsWith("HTTP/1.1 400 ", (await asked).Head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_ANameThatTurnsPrivate_IsJudgedAtEachConnection()
    {
        await using var server = new EchoServer();
        await using var way = await Way.Open(Way.To(server.Port));
        way.Names.Set("server.example", "127.0.0.1", "10.0.0.1", "169.254.169.254");
        Assert.Contains(" 200 ", (await way.Connect($"server.example:{server.Port}")).Head, StringComparison.Ordinal);
        Assert.Contains("address_reserved", (await way.Connect($"server.example:{server.Port}")).Head, StringComparison.Ordinal);
        Assert.Contains("address_reserved", (await way.Connect($"server.example:{server.Port}")).Head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_AServerThatSpeaksFirst_IsHeard()
    {
        await using var server = new EchoServer(async stream =>
        {
            await stream.WriteAsync("220 ready\r\n"u8.ToArray());
            await stream.CopyToAsync(stream);
        });
        await using var way = await Way.Open(Way.To(server.Port));
        var (program, _) = await way.Connect($"server.example:{server.Port}");
        var greeting = new byte[11];
        await program.ReadExactlyAsync(greeting, Token);
        Assert.Equal("220 ready\r\n", Encoding.ASCII.GetString(greeting));
    }

    [Fact]
    public async Task Connect_TheServerEnds_StillTakesWhatTheProgramSends()
    {
        var got = new TaskCompletionSource<string>();
        await using var server = new EchoServer(async stream =>
        {
            ((System.Net.Sockets.NetworkStream)stream).Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
            using var reader = new StreamReader(stream, leaveOpen: true);
            got.SetResult(await reader.ReadLineAsync() ?? "");
        });
        await using var way = await Way.Open(Way.To(server.Port));
        var (program, _) = await way.Connect($"server.example:{server.Port}");
        Assert.Equal(0, await program.ReadAsync(new byte[1], Token));
        await program.WriteAsync("late\n"u8.ToArray(), Token);
        Assert.Equal("late", await got.Task.WaitAsync(Token));
    }

    [Theory]
    [InlineData("server.example", true)]
    [InlineData("SERVER.example", true)]
    [InlineData("other.example", false)]
    [InlineData("", false)]
    public async Task Connect_ThenTls_GoesOnlyToTheNameThatWasAskedFor(string serverName, bool passes)
    {
        using var certificate = Certificate();
        await using var server = new EchoServer(stream => ServeTls(stream, certificate));
        await using var way = await Way.Open(Way.To(server.Port));
        var (program, _) = await way.Connect($"server.example:{server.Port}");

        Assert.Equal(passes, await Speaks(program, serverName));
        if (passes)
            return;
        var end = await way.Log.NextEnd();
        Assert.Equal(("tls_name_differs", 0L), (end.Outcome, end.BytesOut));
    }

    [Fact]
    public async Task Connect_ThenTlsByteByByte_Passes()
    {
        using var certificate = Certificate();
        await using var server = new EchoServer(stream => ServeTls(stream, certificate));
        await using var way = await Way.Open(Way.To(server.Port));
        var (program, _) = await way.Connect($"server.example:{server.Port}");
        Assert.True(await Speaks(new ByteByByte(program), "server.example"));
    }

    [Fact]
    public async Task Connect_ToAnAddress_AllowsAnyName()
    {
        using var certificate = Certificate();
        await using var server = new EchoServer(stream => ServeTls(stream, certificate));
        await using var way = await Way.Open(Way.To(server.Port));
        var (program, _) = await way.Connect($"127.0.0.1:{server.Port}");
        Assert.True(await Speaks(program, "whatever.example"));
    }

    [Fact]
    public async Task Connect_BrokenTls_IsCutBeforeAnythingIsSent()
    {
        await using var server = new EchoServer();
        await using var way = await Way.Open(Way.To(server.Port));
        var (program, _) = await way.Connect($"server.example:{server.Port}");
        await program.WriteAsync(Convert.FromHexString("160301000402000000"), Token);
        var end = await way.Log.NextEnd();
        Assert.Equal(("tls_malformed", 0L), (end.Outcome, end.BytesOut));
    }

    private static async Task ServeTls(Stream stream, X509Certificate2 certificate)
    {
        await using var tls = new SslStream(stream);
        await tls.AuthenticateAsServerAsync(certificate);
        await tls.CopyToAsync(tls);
    }

    private static async Task<bool> Speaks(Stream program, string serverName)
    {
        try
        {
            await using var tls = new SslStream(program, leaveInnerStreamOpen: true, (_, _, _, _) => true);
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = serverName }, Token);
            await tls.WriteAsync("secret"u8.ToArray(), Token);
            var echo = new byte[6];
            await tls.ReadExactlyAsync(echo, Token);
            return Encoding.ASCII.GetString(echo) == "secret";
        }
        catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException or InvalidOperationException)
        {
            return false;
        }
    }

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=server.example", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private sealed class ByteByByte(Stream inner) : Stream
    {
        public override bool CanRead => true;

        public override bool CanWrite => true;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            for (var at = 0; at < buffer.Length; at++)
                await inner.WriteAsync(buffer.Slice(at, 1), cancellationToken);
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer, cancellationToken);

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
