using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Sandbox.Storage.Tests.Encryption;

/// <summary>
/// The transit engine of Vault as far as it is used: real encryption by versions of a key named <c>sandbox</c>, the checks of the token
/// and of associated data, and refusals in Vault's form. https://developer.hashicorp.com/vault/api-docs/secret/transit
/// </summary>
internal sealed class VaultStub : IAsyncDisposable
{
    public const string Token = "hvs.token-of-the-tests";

    private readonly WebApplication _server;
    private readonly List<byte[]> _versions = [RandomNumberGenerator.GetBytes(32)];

    private VaultStub(WebApplication server) => _server = server;

    public string Address => _server.Urls.Single();

    /// <summary>Operations that were answered, in order.</summary>
    public List<string> Asked { get; } = [];

    /// <summary>Whether it is sealed: it answers, and does nothing.</summary>
    public bool IsSealed { get; set; }

    public static async Task<VaultStub> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var stub = new VaultStub(builder.Build());
        stub._server.MapPost("/v1/transit/{operation}/sandbox", (HttpContext context, string operation) => stub.Answer(context, operation));
        await stub._server.StartAsync();
        return stub;
    }

    public void Rotate() => _versions.Add(RandomNumberGenerator.GetBytes(32));

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task<IResult> Answer(HttpContext context, string operation)
    {
        if (IsSealed)
            return Refuse(503, "Vault is sealed");
        if (context.Request.Headers["X-Vault-Token"] != Token)
            return Refuse(403, "permission denied");
        var question = await JsonDocument.ParseAsync(context.Request.Body);
        var purpose = Convert.FromBase64String(question.RootElement.GetProperty("associated_data").GetString()!);
        Asked.Add(operation);
        try
        {
            return operation switch
            {
                "encrypt" => Data("ciphertext", Encrypt(Convert.FromBase64String(question.RootElement.GetProperty("plaintext").GetString()!), purpose)),
                "decrypt" => Data("plaintext", Convert.ToBase64String(Decrypt(question.RootElement.GetProperty("ciphertext").GetString()!, purpose))),
                "rewrap" => Data("ciphertext", Encrypt(Decrypt(question.RootElement.GetProperty("ciphertext").GetString()!, purpose), purpose)),
                _ => Refuse(404, "no handler for route"),
            };
        }
        catch (Exception e) when (e is CryptographicException or ArgumentOutOfRangeException)
        {
            return Refuse(400, "cipher: message authentication failed");
        }
    }

    private static IResult Data(string name, string value) => Results.Json(new { data = new Dictionary<string, string> { [name] = value } });

    private static IResult Refuse(int status, string why) => Results.Json(new { errors = new[] { why } }, statusCode: status);

    private string Encrypt(byte[] plain, byte[] purpose)
    {
        var bytes = new byte[12 + plain.Length + 16];
        RandomNumberGenerator.Fill(bytes.AsSpan(0, 12));
        using var aes = new AesGcm(_versions[^1], 16);
        aes.Encrypt(bytes.AsSpan(0, 12), plain, bytes.AsSpan(12, plain.Length), bytes.AsSpan(12 + plain.Length), purpose);
        return $"vault:v{_versions.Count}:{Convert.ToBase64String(bytes)}";
    }

    private byte[] Decrypt(string ciphertext, byte[] purpose)
    {
        var parts = ciphertext.Split(':');
        var bytes = Convert.FromBase64String(parts[2]);
        var plain = new byte[bytes.Length - 28];
        using var aes = new AesGcm(_versions[int.Parse(parts[1][1..], System.Globalization.CultureInfo.InvariantCulture) - 1], 16);
        aes.Decrypt(bytes.AsSpan(0, 12), bytes.AsSpan(12, plain.Length), bytes.AsSpan(12 + plain.Length), plain, purpose);
        return plain;
    }
}
