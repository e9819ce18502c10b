using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;

namespace Sandbox.EndToEnd.Tests.Egress;

/// <summary>What real programs in real sandboxes reach, by the policy of their tenant.</summary>
public sealed class EgressTests(EgressServer egress) : IClassFixture<EgressServer>, IAsyncLifetime
{
    private readonly LocalSite _site = egress.Site;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private SandboxClient Client => egress.Server.Client;

    // Each begins with the platform's policy.
    public async ValueTask InitializeAsync() => _ = await Client.Delete("/v1/policies/default", Token);

    public ValueTask DisposeAsync() => default;

    [Fact]
    public async Task Curl_ReachesWhatThePolicyAllowsAndNothingElse()
    {
        await Allow(_site.Rules);
        var job = await Bash($$"""
            curl -sS {{_site.Url}}/hello
            curl -sS --cacert ca.pem {{_site.TlsUrl}}/hello
            head -c 3000000 /dev/urandom >big; curl -sS --data-binary @big -H 'Content-Type: application/octet-stream' {{_site.Url}}/echo | cmp - big && echo same
            curl -sS --cacert ca.pem --data-binary @big {{_site.TlsUrl}}/echo | cmp - big && echo same
            curl -s -o /dev/null -w '%{http_code}\n' http://example.com/
            curl -s -o /dev/null -w '%{http_connect}\n' https://example.com/ || true
            curl -s -o /dev/null -w '%{http_code}\n' http://169.254.169.254/latest/meta-data
            curl -sL '{{_site.Url}}/elsewhere?to=http://169.254.169.254/'
            curl -sk -o /dev/null --connect-to other.example:443:{{LocalSite.Host}}:{{_site.TlsPort}} https://other.example/ || echo cut
            curl -s --noproxy '*' -m 3 {{_site.Url}}/hello || echo unreachable
            """);

        Assert.Equal("hello\nhello\nsame\nsame\n403\n403\n403\nThe address is private or special, and the policy does not name it.\ncut\nunreachable\n", job.Stdout);
    }

    [Theory]
    [InlineData("python", "import urllib.request, ssl\nprint(urllib.request.urlopen('{0}/hello').read(), urllib.request.urlopen('{1}/hello', context=ssl.create_default_context(cafile='ca.pem')).read())", "b'hello\\n' b'hello\\n'\n")]
    [InlineData("javascript", "(async () => console.log(await (await fetch('{0}/hello')).text(), await fetch('http://example.com/').catch(e => e.cause.message)))()", "hello\n The proxy refused the connection: name_not_allowed\n")]
    public async Task Language_FindsTheWayOutByItself(string language, string code, string expected)
    {
        await Allow(_site.Rules);
        var job = await Client.Run(new { language, code = string.Format(System.Globalization.CultureInfo.InvariantCulture, code, _site.Url, _site.TlsUrl), files = Files }, Token);
        Assert.True(job.Stdout == expected, job.ToString());
    }

    [Fact]
    public async Task Git_Clones()
    {
        var source = Path.Combine(egress.Files, "source");
        await Host("git", "init", "-q", source);
        await File.WriteAllTextAsync(Path.Combine(source, "file"), "content\n", Token);
        await Host("git", "-C", source, "add", ".");
        await Host("git", "-C", source, "-c", "user.name=t", "-c", "user.email=t@t.example", "commit", "-qm", "first");
        await Host("git", "-C", source, "update-server-info");
        await Allow(_site.Rules);

        var job = await Bash($"git clone -q {_site.Url}/files/source/.git copy && cat copy/file");

        Assert.True(job.Stdout == "content\n", job.ToString());
    }

    [Fact]
    public async Task Npm_InstallsFromTheRealRegistry()
    {
        await Allow(RealRegistry());
        var job = await Client.Run(
            new
            {
                language = "bash",
                code = "export NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt; npm install --no-audit --no-fund --loglevel=error is-odd@3.0.1 && node -e \"console.log(require('is-odd')(3))\"",
                limits = new { wallSeconds = 120, memoryBytes = 1L << 30, diskBytes = 256L << 20 },
            },
            Token);
        Assert.True(job.Stdout?.EndsWith("true\n", StringComparison.Ordinal) == true, job.ToString());
    }

    [Fact]
    public async Task Job_UnderThePlatformsDefault_HasNoWayOut()
    {
        var job = await Bash($"curl -sS -m 3 {_site.Url}/hello || echo none; env | grep -ci proxy");
        Assert.Equal("none\n0\n", job.Stdout);
    }

    [Fact]
    public async Task Policy_ThatNamesWhatTheOperatorHasNotOpened_OpensNothing()
    {
        await Allow(new { cidr = "169.254.169.254/32" }, new { cidr = "127.0.0.2/32", ports = new[] { _site.Port } });
        var job = await Bash($"for to in 169.254.169.254 127.0.0.2:{_site.Port}; do curl -s --noproxy none -o /dev/null -w '%{{http_code}} ' http://$to/; done");
        Assert.Equal("403 403 ", job.Stdout);
    }

    [Fact]
    public async Task Policy_Narrowed_CutsWhatARunningSessionHasOpen()
    {
        await Allow(_site.Rules);
        var session = await SessionClient.Open(Client, Token, new { language = "bash" });
        var command = await session.StartCommand(new { command = new[] { "bash", "-c", $"curl -sSN {_site.Url}/slow; echo cut; curl -s -o /dev/null -w '%{{http_code}}' {_site.Url}/hello" } }, Token);
        await session.UntilItSays(command.Number, "3\n", Token);

        await Allow();

        await session.UntilEndsWith(command.Number, "403", Token);
        Assert.Contains("cut\n", System.Text.Encoding.UTF8.GetString(await session.OutputToEnd(command.Number, Token)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Policy_Widened_OpensTheWayForTheNextStep()
    {
        var session = await SessionClient.Open(Client, Token, new { language = "bash" });
        var code = $"curl -sS -m 3 {_site.Url}/hello";
        Assert.Equal("failed", (await session.Run(code, Token)).Status);
        await Allow(_site.Rules);
        await Eventually.True(async () => (await session.Run(code, Token)).Stdout == "hello\n", "a step finds the way out", Token);
    }

    [Fact]
    public async Task Server_Killed_TheSessionsBackgroundProgramFindsTheWayOutAgain()
    {
        await Allow(_site.Rules);
        var session = await SessionClient.Open(Client, Token, new { language = "bash" });
        var command = await session.StartCommand(
            new { command = new[] { "bash", "-c", $"while true; do curl -s -m 2 {_site.Url}/hello && echo ok >>ok; [ -e stop ] && break; sleep 0.1; done" } }, Token);
        await session.UntilItSays(command.Number, "hello", Token);

        await egress.Kill(Token);
        session = session.On(egress.Server);

        Assert.Equal("succeeded", (await session.Run("rm -f ok; while ! [ -e ok ]; do sleep 0.05; done; touch stop", Token)).Status);
        Assert.Equal("succeeded", (await session.EndOfCommand(command.Number, Token)).Status);
    }

    private object[] Files => [new { path = "ca.pem", content = _site.Certificate }];

    private Task<Job> Bash(string code) => Client.Run(new { language = "bash", code, files = Files }, Token);

    private async Task Allow(params object[] rules)
    {
        using var answer = await Client.Http.PutAsJsonAsync("/v1/policies/default", new { egress = new { allow = rules } }, Token);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Token));
    }

    // A registry that a mirror stands in for may have an address that is not of the public internet.
    private static object[] RealRegistry() =>
    [
        new { host = "registry.npmjs.org" },
        .. Dns.GetHostAddresses("registry.npmjs.org").Select(address => new { cidr = $"{address}/{(address.GetAddressBytes().Length * 8)}" }),
    ];

    private static async Task Host(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments))!;
        await process.WaitForExitAsync(Token);
        Assert.Equal(0, process.ExitCode);
    }
}
