using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Microsoft.Extensions.Options;
using Sandbox.Api.Tests.Testing;

namespace Sandbox.Api.Tests.Tenants;

/// <summary>Tokens of an issuer that the test serves: what is taken, and what attackers try.</summary>
public sealed class TokenTests(GrainCluster cluster) : IAsyncLifetime
{
    private const string Audience = "sandbox";

    private static readonly JsonWebTokenHandler Handler = new() { SetDefaultTimesOnTokenCreation = false };

    private readonly List<RsaSecurityKey> _published = [];
    private WebApplication _issuer = null!;
    private ApiServer _server = null!;
    private RsaSecurityKey _key = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Issuer => _issuer.Urls.Single();

    public async ValueTask InitializeAsync()
    {
        _key = NewKey("one");
        _published.Add(_key);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _issuer = builder.Build();
        _issuer.MapGet("/.well-known/openid-configuration", () => Results.Text($$"""{"issuer": "{{Issuer}}", "jwks_uri": "{{Issuer}}/keys"}""", "application/json"));
        _issuer.MapGet("/keys", () => Results.Text($$"""{"keys": [{{string.Join(',', _published.Select(Publish))}}]}""", "application/json"));
        await _issuer.StartAsync(Cancel);
        _server = await ApiServer.Start(cluster, null, ("Authentication:Schemes:Bearer:Authority", Issuer), ("Authentication:Schemes:Bearer:ValidAudiences:0", Audience),
            ("Authentication:Schemes:Bearer:RequireHttpsMetadata", "false"));
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _issuer.DisposeAsync();
    }

    [Theory]
    [InlineData("member", "/v1/jobs", HttpStatusCode.OK)]
    [InlineData("auditor", "/v1/jobs", HttpStatusCode.Forbidden)]
    [InlineData("member", "/v1/api-keys", HttpStatusCode.Forbidden)]
    [InlineData("admin", "/v1/api-keys", HttpStatusCode.OK)]
    [InlineData("admin", "/v1/tenants", HttpStatusCode.Forbidden)]
    [InlineData("operator", "/v1/tenants", HttpStatusCode.OK)]
    public async Task Token_OfTheIssuer_OpensWhatItsRoleMay(string role, string path, HttpStatusCode status) =>
        Assert.Equal(status, await Ask(Sign(token => token.Claims["roles"] = role), path));

    [Fact]
    public async Task Token_WithSeveralRoles_HasTheHighest() =>
        Assert.Equal(HttpStatusCode.OK, await Ask(Sign(static token => token.Claims["roles"] = new[] { "auditor", "unheard-of", "admin", "member" }), "/v1/api-keys"));

    [Theory]
    [InlineData("expired")]
    [InlineData("not yet valid")]
    [InlineData("no expiry")]
    [InlineData("issuer")]
    [InlineData("audience")]
    [InlineData("no audience")]
    [InlineData("no tenant")]
    [InlineData("bad tenant")]
    [InlineData("two tenants")]
    [InlineData("no agent")]
    [InlineData("no roles")]
    [InlineData("unknown role")]
    [InlineData("role in capitals")]
    [InlineData("two policies")]
    [InlineData("bad policy")]
    [InlineData("unknown kid")]
    [InlineData("no kid")]
    [InlineData("own key under the issuer's kid")]
    [InlineData("oversize")]
    public async Task Token_ThatIsWrong_IsRefused(string what)
    {
        var token = what switch
        {
            "expired" => Sign(token => token.Expires = DateTime.UtcNow.AddMinutes(-2)),
            "not yet valid" => Sign(token => token.NotBefore = DateTime.UtcNow.AddMinutes(2)),
            "no expiry" => Sign(token => token.Expires = null),
            "issuer" => Sign(token => token.Issuer = "https://other.example"),
            "audience" => Sign(token => token.Audience = "other"),
            "no audience" => Sign(token => token.Audience = null),
            "no tenant" => Sign(token => token.Claims.Remove("tenant_id")),
            "bad tenant" => Sign(token => token.Claims["tenant_id"] = "../default"),
            "two tenants" => Sign(token => token.Claims["tenant_id"] = new[] { "default", "acme" }),
            "no agent" => Sign(token => token.Claims.Remove("agent_id")),
            "no roles" => Sign(token => token.Claims.Remove("roles")),
            "unknown role" => Sign(token => token.Claims["roles"] = "root"),
            "role in capitals" => Sign(token => token.Claims["roles"] = "Operator"),
            "two policies" => Sign(token => token.Claims["policy"] = new[] { "a", "b" }),
            "bad policy" => Sign(token => token.Claims["policy"] = "../a"),
            "unknown kid" => Sign(token => token.SigningCredentials = Credentials(NewKey("other"))),
            "no kid" => Sign(token => token.SigningCredentials = Credentials(new RsaSecurityKey(_key.Rsa))),
            "own key under the issuer's kid" => Sign(token => token.SigningCredentials = Credentials(NewKey("one"))),
            _ => Sign(token => token.Claims["padding"] = new string('x', 17 * 1024)),
        };

        Assert.Equal(HttpStatusCode.OK, await Ask(Sign()));
        Assert.Equal(HttpStatusCode.Unauthorized, await Ask(token));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("nOnE")]
    public async Task Token_WithoutSignature_IsRefused(string algorithm)
    {
        var payload = Sign().Split('.')[1];
        var head = Base64UrlEncoder.Encode($$"""{"alg":"{{algorithm}}","typ":"JWT","kid":"one"}""");

        Assert.Equal(HttpStatusCode.Unauthorized, await Ask($"{head}.{payload}."));
        Assert.Equal(HttpStatusCode.Unauthorized, await Ask($"{head}.{payload}.{Sign().Split('.')[2]}"));
    }

    [Fact]
    public async Task Token_SignedWithThePublicKeyAsSecret_IsRefused()
    {
        byte[][] secrets = [_key.Rsa.ExportRSAPublicKey(), _key.Rsa.ExportSubjectPublicKeyInfo(), System.Text.Encoding.ASCII.GetBytes(_key.Rsa.ExportSubjectPublicKeyInfoPem()), _key.Rsa.ExportParameters(false).Modulus!];
        foreach (var secret in secrets)
        {
            var credentials = new SigningCredentials(new SymmetricSecurityKey(secret) { KeyId = "one" }, SecurityAlgorithms.HmacSha256);
            Assert.Equal(HttpStatusCode.Unauthorized, await Ask(Sign(token => token.SigningCredentials = credentials)));
        }
    }

    [Fact]
    public async Task Token_ChangedAfterSigning_IsRefused()
    {
        var parts = Sign(static token => token.Claims["roles"] = "member").Split('.');
        var other = Sign(static token => token.Claims["roles"] = "operator").Split('.');

        Assert.Equal(HttpStatusCode.Unauthorized, await Ask($"{parts[0]}.{other[1]}.{parts[2]}"));
        Assert.Equal(HttpStatusCode.Unauthorized, await Ask("eyJhbGciOiJSUzI1NiJ9.x.y"));
        Assert.Equal(HttpStatusCode.Unauthorized, await Ask("ey.."));
    }

    [Fact]
    public async Task Token_OfATenantThatDoesNotExist_IsForbidden()
    {
        using var client = _server.NewClient(Sign(static token => token.Claims["tenant_id"] = "absent"));

        await (await client.Get("/v1/jobs")).AssertProblem(HttpStatusCode.Forbidden, "tenant_unknown");
    }

    [Fact]
    public async Task Token_UnderAClockThatDiffersALittle_IsTaken() =>
        Assert.Equal(HttpStatusCode.OK, await Ask(Sign(static token => (token.NotBefore, token.Expires) = (DateTime.UtcNow.AddSeconds(15), DateTime.UtcNow.AddMinutes(1)))));

    [Fact]
    public async Task Token_WithAKeyThatTheIssuerHasTurnedTo_IsTaken()
    {
        Assert.Equal(HttpStatusCode.OK, await Ask(Sign()));
        var next = NewKey("two");
        _published.Clear();
        _published.Add(next);
        var token = Sign(descriptor => descriptor.SigningCredentials = Credentials(next));

        // The first one that names the new key has the issuer's keys fetched again.
        while (await Ask(token) != HttpStatusCode.OK)
            await Task.Delay(20, Cancel);
    }

    [Theory]
    [InlineData("Authority and SigningKeys", "Authority=https://issuer.example", "ValidAudiences:0=a", "ValidIssuer=me", "SigningKeys:0:Issuer=me", "SigningKeys:0:Value=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("ValidAudiences", "Authority=https://issuer.example")]
    [InlineData("Neither", "ValidAudiences:0=a", "ValidIssuer=me")]
    public async Task Start_WithSettingsThatLackSomething_Fails(string named, params string[] settings)
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => ApiServer.Start(
            cluster, null, [.. settings.Select(static setting => setting.Split('=', 2)).Select(static pair => ($"Authentication:Schemes:Bearer:{pair[0]}", pair[1]))]));

        Assert.Contains(named, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_WithAConfiguredKey_IsTakenAndNoOther()
    {
        var secret = RandomNumberGenerator.GetBytes(32);
        await using var server = await ApiServer.Start(cluster, null, ("Authentication:Schemes:Bearer:ValidIssuer", "me"), ("Authentication:Schemes:Bearer:ValidAudiences:0", Audience),
            ("Authentication:Schemes:Bearer:SigningKeys:0:Issuer", "me"), ("Authentication:Schemes:Bearer:SigningKeys:0:Value", Convert.ToBase64String(secret)));
        string Own(byte[] with) => Sign(token => (token.Issuer, token.SigningCredentials) = ("me", new SigningCredentials(new SymmetricSecurityKey(with), SecurityAlgorithms.HmacSha256)));

        using var good = server.NewClient(Own(secret));
        using var bad = server.NewClient(Own(RandomNumberGenerator.GetBytes(32)));
        Assert.Equal(HttpStatusCode.OK, (await good.Get("/v1/jobs")).StatusCode);
        await (await bad.Get("/v1/jobs")).AssertProblem(HttpStatusCode.Unauthorized, "unauthenticated");
    }

    [Fact]
    public async Task Token_WhereNoneIsConfigured_IsRefused()
    {
        await using var server = await ApiServer.Start(cluster);
        using var client = server.NewClient(Sign());

        await (await client.Get("/v1/jobs")).AssertProblem(HttpStatusCode.Unauthorized, "unauthenticated");
    }

    private static RsaSecurityKey NewKey(string id) => new(RSA.Create(2048)) { KeyId = id };

    private static SigningCredentials Credentials(RsaSecurityKey key) => new(key, SecurityAlgorithms.RsaSha256);

    private static string Publish(RsaSecurityKey key)
    {
        var parameters = key.Rsa.ExportParameters(includePrivateParameters: false);
        return $$"""{"kty": "RSA", "use": "sig", "kid": "{{key.KeyId}}", "n": "{{Base64UrlEncoder.Encode(parameters.Modulus)}}", "e": "{{Base64UrlEncoder.Encode(parameters.Exponent)}}"}""";
    }

    private string Sign(Action<SecurityTokenDescriptor>? change = null)
    {
        var token = new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = Audience,
            Expires = DateTime.UtcNow.AddMinutes(5),
            Claims = new Dictionary<string, object> { ["tenant_id"] = "default", ["agent_id"] = "alice", ["roles"] = "member" },
            SigningCredentials = Credentials(_key),
        };
        change?.Invoke(token);
        return Handler.CreateToken(token);
    }

    private async Task<HttpStatusCode> Ask(string token, string path = "/v1/jobs")
    {
        using var client = _server.NewClient(token);
        var response = await client.Get(path);
        if (response.StatusCode == HttpStatusCode.Unauthorized)
            await response.AssertProblem(HttpStatusCode.Unauthorized, "unauthenticated");
        return response.StatusCode;
    }
}
