using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Sandbox.Api.E2b.Routing;
using Sandbox.Api.Services;
using Sandbox.Api.Tenants;

namespace Sandbox.Api.Quotas;

/// <summary>
/// Credentials that were good a short time ago, by their hashes: whoever shows one is not guessing. It opens nothing: each request is
/// authenticated all the same.
/// </summary>
internal sealed class KnownCredentials(TimeProvider time)
{
    private const int MostKept = 10_000;
    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, long> _seen = new(StringComparer.Ordinal);

    /// <summary>Whether a request shows any credential.</summary>
    public static bool HasOne(HttpRequest request) =>
        SandboxToken.Of(request.HttpContext) is not null || request.Headers.Authorization.Count > 0 || request.Headers.ContainsKey(ApiKeyHandler.HeaderName) || ShownToken.Of(request.HttpContext) is not null;

    public bool Contains(HttpRequest request) => _seen.TryGetValue(HashOf(request), out var at) && IsFresh(at);

    /// <summary>Takes note of whether the credential of a request is good.</summary>
    public void Note(HttpRequest request, bool isGood)
    {
        if (!HasOne(request))
            return;
        var hash = HashOf(request);
        if (!isGood)
            _seen.TryRemove(hash, out _);
        else if (!(_seen.TryGetValue(hash, out var at) && IsFresh(at)) && HasRoom())
            _seen[hash] = time.GetTimestamp();
    }

    private bool HasRoom()
    {
        if (_seen.Count < MostKept)
            return true;
        foreach (var entry in _seen.Where(entry => !IsFresh(entry.Value)))
            _seen.TryRemove(entry);
        return _seen.Count < MostKept;
    }

    private bool IsFresh(long at) => time.GetElapsedTime(at) < KeptFor;

    // Of the credential that counts, and of nothing that can be sent beside it: otherwise one would take the room of many.
    private static string HashOf(HttpRequest request) => Convert.ToHexString(
        SHA256.HashData(Encoding.UTF8.GetBytes(SandboxToken.Of(request.HttpContext) ?? ShownToken.Of(request.HttpContext) ?? BearerText.Of(request) ?? request.Headers[ApiKeyHandler.HeaderName].ToString())));
}
