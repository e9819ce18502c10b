using System.Collections.Frozen;
using System.Security.Cryptography;
using Microsoft.AspNetCore.StaticFiles;
using Sandbox.Api.Http;

namespace Sandbox.Api.Dashboard.Layout;

/// <summary>
/// Styles, scripts and pictures, which are part of the program. All have one name of their content in their address, so that browsers
/// keep them for good and scripts may name each other.
/// </summary>
internal sealed class DashboardAssets
{
    private const string Prefix = "dashboard-asset/";
    /// <summary>Below this they are.</summary>
    public const string Path = "/dashboard/assets";

    private const string ForGood = "public, max-age=31536000, immutable";

    private static readonly FileExtensionContentTypeProvider Types = new();

    private readonly FrozenDictionary<string, byte[]> _files;
    private readonly string _version;

    public DashboardAssets()
    {
        var assembly = typeof(DashboardAssets).Assembly;
        _files = assembly.GetManifestResourceNames().Where(static name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .ToFrozenDictionary(static name => name[Prefix.Length..], name => Read(assembly.GetManifestResourceStream(name)!), StringComparer.Ordinal);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (_, content) in _files.OrderBy(static file => file.Key, StringComparer.Ordinal))
            hash.AppendData(SHA256.HashData(content));
        _version = Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }

    /// <summary>The address of a file.</summary>
    public string this[string name] => _files.ContainsKey(name) ? $"{Path}/{_version}/{name}" : throw new ArgumentException($"There is no asset {name}.", nameof(name));

    public static void MapAssets(IEndpointRouteBuilder dashboard) => dashboard.MapGet("/assets/{version}/{name}", Get).AllowAnonymous();

    private static IResult Get(string version, string name, HttpContext context, DashboardAssets assets)
    {
        if (version != assets._version || !assets._files.TryGetValue(name, out var content))
            return ProblemResult.NotFound();
        context.Response.Headers.CacheControl = ForGood;
        return TypedResults.Bytes(content, Types.TryGetContentType(name, out var type) ? type : "application/octet-stream");
    }

    private static byte[] Read(Stream stream)
    {
        using (stream)
        {
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            return content;
        }
    }
}
