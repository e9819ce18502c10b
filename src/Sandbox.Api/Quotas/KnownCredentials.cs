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

    private readonly ConcurrentDictionary<string, long> _keys = new(StringComparer.Ordinal);

    // There are as many as sandboxes were ever made: they are not to take the room of keys.
    private readonly ConcurrentDictionary<string, long> _tokens = new(StringComparer.Ordinal);

    /// <summary>Whether a request shows any credential.</summary>
    public static bool HasOne(HttpRequest request) =>
        SandboxToken.Of(request.HttpContext) is not null || request.Headers.Authorization.Count > 0 || request.Headers.ContainsKey(ApiKeyHandler.HeaderName) || ShownToken.Of(request.HttpContext) is not null;

    public bool Contains(HttpRequest request) => SeenOf(request).TryGetValue(HashOf(request), out var at) && IsFresh(at);

    /// <summary>Takes note of whether the credential of a request is good.</summary>
    public void Note(HttpRequest request, bool isGood)
    {
        if (!HasOne(request))
            return;
        var (seen, hash) = (SeenOf(request), HashOf(request));
        if (!isGood)
            seen.TryRemove(hash, out _);
        else if (!(seen.TryGetValue(hash, out var at) && IsFresh(at)) && HasRoom(seen))
            seen[hash] = time.GetTimestamp();
    }

    private ConcurrentDictionary<string, long> SeenOf(HttpRequest request) => SandboxToken.Of(request.HttpContext) is null ? _keys : _tokens;

    private bool HasRoom(ConcurrentDictionary<string, long> seen)
    {
        if (seen.Count < MostKept)
            return true;
        foreach (var entry in seen.Where(entry => !IsFresh(entry.Value)))
            seen.TryRemove(entry);
        return seen.Count < MostKept;
    }

    private bool IsFresh(long at) => time.GetElapsedTime(at) < KeptFor;

    // Of the credential that counts, and of nothing that can be sent beside it: otherwise one would take the room of many.
    private static string HashOf(HttpRequest request) => Convert.ToHexString(
        SHA256.HashData(Encoding.UTF8.GetBytes(SandboxToken.Of(request.HttpContext) ?? ShownToken.Of(request.HttpContext) ?? BearerText.Of(request) ?? request.Headers[ApiKeyHandler.HeaderName].ToString())));
}
