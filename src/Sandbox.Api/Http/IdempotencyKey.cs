using System.Buffers;

namespace Sandbox.Api.Http;

/// <summary>The header by which a client may repeat a request without doing it twice.</summary>
internal static class IdempotencyKey
{
    public const string Header = "Idempotency-Key";
    public const string ReplayedHeader = "Idempotency-Replayed";
    public const int MaxLength = 255;

    private static readonly SearchValues<char> Visible =
        SearchValues.Create([.. Enumerable.Range('!', '~' - '!' + 1).Select(static code => (char)code)]);

    /// <summary>The key; null when there is none, or when it is wrong and noted as such.</summary>
    public static string? Read(HttpRequest request, RequestErrors errors)
    {
        if (!request.Headers.TryGetValue(Header, out var values))
            return null;
        if (values is [{ Length: > 0 and <= MaxLength } key] && !key.AsSpan().ContainsAnyExcept(Visible))
            return key;
        errors.Add(Header, $"Must be one value of 1 to {MaxLength} visible ASCII characters.");
        return null;
    }
}
