using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Sandbox.Egress.Rules;
using Sandbox.Egress.Tests.Testing;

namespace Sandbox.Egress.Tests.Proxy;

/// <summary>Hosts that are sent a header which the sandbox does not have.</summary>
public sealed class BrokeredTests : IDisposable
{
    private const string Secret = "Bearer the-secret-value";

    private readonly X509Certificate2 _certificate = Certificate("server.example");
    private readonly string _authorities = Path.GetTempFileName();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public BrokeredTests() => File.WriteAllText(_authorities, _certificate.ExportCertificatePem());

    public void Dispose()
    {
        _certificate.Dispose();
        File.Delete(_authorities);
    }

    [Fact]
    public async Task Get_OfABoundHost_IsSentTheHeaderByTlsAndAnswersWithoutIt()
    {
        await using var server = Server(_certificate);
        await using var way = await Open(server.Port);

        var (program, head) = await way.Ask(
            $"GET http://server.example:{server.Port}/a HTTP/1.1\r\nHost: other.example\r\nAuthorization: mine\r\nauthorization: mine too\r\nX-Own: 1\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 200 OK\r\n", head, StringComparison.Ordinal);
        Assert.Contains("X-Echo: ***\r\n", head, StringComparison.Ordinal);
        var asked = await Body(program, head);
        Assert.Contains($"Authorization: {Secret}\n", asked, StringComparison.Ordinal);
        Assert.DoesNotContain("mine", asked, StringComparison.Ordinal);
        Assert.Contains($"Host: server.example:{server.Port}\n", asked, StringComparison.Ordinal);
        Assert.Equal(("server.example", server.Port), (way.Log.Decisions.Single().Host, way.Log.Decisions.Single().Port));
    }

    [Fact]
    public async Task Post_WithABody_IsSentTheHeaderToo()
    {
        await using var server = Server(_certificate);
        await using var way = await Open(server.Port);

        var (program, head) = await way.Ask(
            $"POST http://server.example:{server.Port}/a HTTP/1.1\r\nHost: server.example\r\nContent-Type: text/plain\r\nAuthorization: mine\r\nContent-Length: 2\r\n\r\nhi");

        Assert.StartsWith("HTTP/1.1 200 ", head, StringComparison.Ordinal);
        var asked = await Body(program, head);
        Assert.Contains($"Authorization: {Secret}\n", asked, StringComparison.Ordinal);
        Assert.DoesNotContain("mine", asked, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_CertificateThatNobodyVouchesFor_IsSentNothing()
    {
        await using var server = Server(_certificate);
        await using var way = await Way.Open(Way.To(server.Port), Headers(server.Port));
        var (_, head) = await way.Ask(Get($"server.example:{server.Port}"));
        Assert.StartsWith("HTTP/1.1 502 ", head, StringComparison.Ordinal);
        Assert.Contains("X-Sandbox-Egress: tls_failed\r\n", head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_CertificateOfAnotherName_IsSentNothing()
    {
        using var other = Certificate("other.example");
        await File.WriteAllTextAsync(_authorities, other.ExportCertificatePem(), Token);
        await using var server = Server(other);
        await using var way = await Open(server.Port);
        Assert.Contains("tls_failed", (await way.Ask(Get($"server.example:{server.Port}"))).Head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_HostThatSpeaksNoTls_IsSentNothing()
    {
        var heard = new TaskCompletionSource<string>();
        await using var server = new EchoServer(async stream =>
        {
            var buffer = new byte[4096];
            heard.TrySetResult(Encoding.Latin1.GetString(buffer, 0, await stream.ReadAsync(buffer)));
            await stream.WriteAsync("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray());
        });
        await using var way = await Open(server.Port);
        Assert.Contains("tls_failed", (await way.Ask(Get($"server.example:{server.Port}"))).Head, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", await heard.Task.WaitAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_AnotherHost_IsSentWhatTheProgramSays()
    {
        await using var server = new EchoServer(async stream =>
        {
            await stream.WriteAsync(Answer(await Way.Head(stream), string.Empty));
        });
        await using var way = await Way.Open(
            EgressRules.Compile([("other.example", null, [server.Port]), (null, "127.0.0.1/32", [server.Port])]), Headers(server.Port), ("AuthoritiesFile", _authorities));
        var (program, head) = await way.Ask(Get($"other.example:{server.Port}"));
        Assert.DoesNotContain("Authorization", await Body(program, head), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_PortOfTlsThatNoRuleHas_IsRefused()
    {
        await using var way = await Way.Open(Way.To(80), Headers(443), ("AuthoritiesFile", _authorities));
        Assert.Contains("port_not_allowed", (await way.Ask(Get("server.example"))).Head, StringComparison.Ordinal);
        Assert.Equal(443, way.Log.Decisions.Single().Port);
    }

    [Fact]
    public async Task Trace_OfABoundHost_IsRefused()
    {
        await using var server = Server(_certificate);
        await using var way = await Open(server.Port);
        var (_, head) = await way.Ask(Get($"server.example:{server.Port}").Replace("GET", "TRACE", StringComparison.Ordinal));
        Assert.StartsWith("HTTP/1.1 405 ", head, StringComparison.Ordinal);
    }

    private Task<Way> Open(int port) => Way.Open(Way.To(port), Headers(port), ("AuthoritiesFile", _authorities));

    private static HeadersFor Headers(int port) => (host, asked, _) => ValueTask.FromResult(
        (host, asked) == ("server.example", port)
            ? new BrokeredHeaders([new("Authorization", Secret)], text => text.Replace(Secret, "***", StringComparison.Ordinal))
            : null);

    private static string Get(string host) => $"GET http://{host}/ HTTP/1.1\r\nHost: {host}\r\n\r\n";

    // Answers with what it was asked, in a header and as the body.
    private static EchoServer Server(X509Certificate2 certificate) => new(async stream =>
    {
        await using var tls = new SslStream(stream);
        try
        {
            await tls.AuthenticateAsServerAsync(certificate);
            await tls.WriteAsync(Answer(await Way.Head(tls), $"X-Echo: {Secret}\r\n"));
        }
        catch (System.Security.Authentication.AuthenticationException)
        {
            // The other side does not trust it.
        }
    });

    private static byte[] Answer(string asked, string headers)
    {
        var body = asked.ReplaceLineEndings("\n");
        return Encoding.Latin1.GetBytes($"HTTP/1.1 200 {Secret}\r\n{headers}Content-Length: {body.Length}\r\n\r\n{body}");
    }

    private static async Task<string> Body(Stream stream, string head)
    {
        var length = head.Split("\r\n").Single(line => line.StartsWith("Content-Length: ", StringComparison.Ordinal));
        var body = new byte[int.Parse(length["Content-Length: ".Length..], System.Globalization.CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body, Token);
        return Encoding.Latin1.GetString(body);
    }

    private static X509Certificate2 Certificate(string name)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }
}
