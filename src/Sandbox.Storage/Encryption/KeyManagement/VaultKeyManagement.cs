using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;

namespace Sandbox.Storage.Encryption.KeyManagement;

/// <summary>Vault's transit engine (https://developer.hashicorp.com/vault/api-docs/secret/transit), which OpenBao speaks as well.</summary>
internal sealed class VaultKeyManagement(IOptions<VaultOptions> options) : IKeyManagement, IDisposable
{
    private const string Prefix = "vault:";
    private const int MaxAnswerBytes = 64 * 1024;

    /// <summary>What the key is for, authenticated with it: what else that key of Vault encrypts does not open as a master key.</summary>
    private static readonly string Purpose = Convert.ToBase64String("sandbox master key"u8);

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false })
    {
        MaxResponseContentBufferSize = MaxAnswerBytes,
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public string Name => "vault";

    public bool IsSet => options.Value.Address is not null;

    public bool IsOwn(string encrypted) => encrypted.StartsWith(Prefix, StringComparison.Ordinal);

    public async Task<string> Encrypt(byte[] key, CancellationToken cancellationToken) =>
        CiphertextOf(await Ask("encrypt", new Question(Convert.ToBase64String(key), null, Purpose), cancellationToken));

    public async Task<byte[]> Decrypt(string encrypted, CancellationToken cancellationToken)
    {
        var answer = await Ask("decrypt", new Question(null, encrypted, Purpose), cancellationToken);
        var key = new byte[KeyWrap.KeyBytes];
        return Convert.TryFromBase64String(answer.Plaintext ?? string.Empty, key, out var length) && length == key.Length
            ? key
            : throw new InvalidOperationException("What Vault decrypted is no key.");
    }

    public async Task<string> Renew(string encrypted, CancellationToken cancellationToken)
    {
        var renewed = CiphertextOf(await Ask("rewrap", new Question(null, encrypted, Purpose), cancellationToken));
        return VersionOf(renewed) == VersionOf(encrypted) ? encrypted : renewed;
    }

    public void Dispose() => _http.Dispose();

    // vault:v2:base64
    private static string VersionOf(string ciphertext) => ciphertext[..(ciphertext.LastIndexOf(':') + 1)];

    private static string CiphertextOf(Answer answer) =>
        answer.Ciphertext is { } text && text.StartsWith(Prefix, StringComparison.Ordinal) && !text.Any(char.IsWhiteSpace)
            ? text
            : throw new InvalidOperationException("What Vault encrypted is not in its format.");

    private async Task<Answer> Ask(string operation, Question question, CancellationToken cancellationToken)
    {
        var (address, timeout) = (AddressOf(operation), TimeSpan.FromSeconds(options.Value.TimeoutSeconds));
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(timeout);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = JsonContent.Create(question, VaultJson.Default.Question) };
            request.Headers.Add("X-Vault-Token", await Token(deadline.Token));
            request.Headers.Add("X-Vault-Request", "true");
            using var response = await _http.SendAsync(request, deadline.Token);
            if (!response.IsSuccessStatusCode)
                throw new InvalidOperationException($"Vault answered {(int)response.StatusCode} to {address}: {await Reason(response, deadline.Token)}.");
            return (await response.Content.ReadFromJsonAsync(VaultJson.Default.Envelope, deadline.Token))?.Data
                ?? throw new InvalidOperationException($"Vault's answer to {address} has no data.");
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or IOException or UnauthorizedAccessException or FormatException)
        {
            throw new InvalidOperationException($"Vault could not be asked at {address}: {e.Message}", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new InvalidOperationException(FormattableString.Invariant($"Vault did not answer at {address} within {timeout.TotalSeconds} seconds."), e);
        }
    }

    private Uri AddressOf(string operation)
    {
        var to = options.Value;
        return new Uri($"{to.Address!.TrimEnd('/')}/v1/{to.Mount.Trim('/')}/{operation}/{Uri.EscapeDataString(to.Key)}");
    }

    // Read each time: whoever renews it writes another one.
    private async Task<string> Token(CancellationToken cancellationToken) =>
        options.Value.Token ?? (await File.ReadAllTextAsync(options.Value.TokenFile!, Encoding.UTF8, cancellationToken)).Trim();

    private static async Task<string> Reason(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            var refusal = await response.Content.ReadFromJsonAsync(VaultJson.Default.Refusal, cancellationToken);
            return refusal?.Errors is { Count: > 0 } errors ? string.Join("; ", errors) : "no reason given";
        }
        catch (JsonException)
        {
            return "no reason given";
        }
    }

    internal sealed record Question(
        [property: JsonPropertyName("plaintext")] string? Plaintext,
        [property: JsonPropertyName("ciphertext")] string? Ciphertext,
        [property: JsonPropertyName("associated_data")] string AssociatedData);

    internal sealed record Envelope([property: JsonPropertyName("data")] Answer? Data);

    internal sealed record Answer(
        [property: JsonPropertyName("plaintext")] string? Plaintext, [property: JsonPropertyName("ciphertext")] string? Ciphertext);

    internal sealed record Refusal([property: JsonPropertyName("errors")] IReadOnlyList<string>? Errors);
}

/// <summary>JSON of Vault's interface.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(VaultKeyManagement.Question))]
[JsonSerializable(typeof(VaultKeyManagement.Envelope))]
[JsonSerializable(typeof(VaultKeyManagement.Refusal))]
internal sealed partial class VaultJson : JsonSerializerContext;
