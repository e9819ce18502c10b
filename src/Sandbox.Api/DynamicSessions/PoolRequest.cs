using Microsoft.AspNetCore.Http.Features;
using Sandbox.Api.Http;
using Sandbox.Api.Sessions;

namespace Sandbox.Api.DynamicSessions;

/// <summary>A request to the pool: what its address asks for.</summary>
/// <param name="Parts">The parts of the path below the pool's, decoded. Empty ones are left out: .NET's client puts two slashes.</param>
/// <param name="Identifier">Whose session it is about; null where the address does not say.</param>
/// <param name="IsOld">Whether the client speaks the API version 2024-02-02-preview.</param>
/// <param name="Folder">Folder that files are in; null for the topmost.</param>
internal sealed record PoolRequest(IReadOnlyList<string> Parts, string? Identifier, bool IsOld, string? Folder)
{
    private const string OldVersion = "2024-02-02-preview";
    private const int LongestIdentifier = 512;

    /// <summary>Reads the address as it was sent: routing would not tell an encoded slash from a plain one. Null, with an error noted, where it is none.</summary>
    public static PoolRequest? Read(HttpContext context, RequestErrors errors)
    {
        var path = (context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? string.Empty).Split('?', 2)[0];
        // Who goes through a proxy says the whole address.
        if (path.IndexOf("://", StringComparison.Ordinal) is > 0 and var scheme)
            path = path.IndexOf('/', scheme + 3) is > 0 and var root ? path[root..] : string.Empty;
        var parts = new List<string>();
        // The first one is the pool's, by which the route was found.
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries).Skip(1))
        {
            if (FilePath.Decode(part) is { } decoded)
                parts.Add(decoded);
            else
                errors.Add("path", "Has a % without two hexadecimal digits, or bytes that are no UTF-8.");
        }

        var query = new RequestQuery(context.Request.Query, errors);
        var (identifier, folder) = (query.Single("identifier"), query.Single("path"));
        CheckIdentifier(identifier, errors);
        return errors.Any ? null : new PoolRequest(parts, identifier, query.Single("api-version") == OldVersion, folder);
    }

    /// <summary>Notes what is wrong with an identifier.</summary>
    public static void CheckIdentifier(string? identifier, RequestErrors errors)
    {
        if (identifier is { Length: 0 or > LongestIdentifier } || identifier?.Any(char.IsControl) == true)
            errors.Add("identifier", $"Has 1 to {LongestIdentifier} characters, none of them control characters.");
    }
}
