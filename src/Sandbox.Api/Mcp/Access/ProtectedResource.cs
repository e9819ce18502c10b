using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Sandbox.Api.Http;
using Sandbox.Api.Mcp.Schemas;
using Sandbox.Api.Tenants;

namespace Sandbox.Api.Mcp.Access;

/// <summary>Where clients get a token for the door (RFC 9728).</summary>
internal sealed record ProtectedResource
{
    public const string Path = "/.well-known/oauth-protected-resource";

    [JsonPropertyName("resource")]
    public required string Resource { get; init; }

    [JsonPropertyName("authorization_servers")]
    public required IReadOnlyList<string> AuthorizationServers { get; init; }

    [JsonPropertyName("bearer_methods_supported")]
    public required IReadOnlyList<string> BearerMethodsSupported { get; init; }

    [JsonPropertyName("resource_name")]
    public required string ResourceName { get; init; }

    /// <summary>The issuer of tokens; null where there is none, and keys are all.</summary>
    public static string? IssuerOf(IConfiguration configuration)
    {
        var section = TokenOptions.Section(configuration);
        var issuer = section["Authority"] ?? section["ValidIssuer"] ?? section.GetSection("ValidIssuers").GetChildren().FirstOrDefault()?.Value;
        return Uri.TryCreate(issuer, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? issuer : null;
    }

    /// <summary>The address under which a client reaches the server.</summary>
    public static string OriginOf(HttpRequest request, ApiOptions api) => api.PublicUrl?.AbsoluteUri.TrimEnd('/') ?? $"{request.Scheme}://{request.Host}";

    public static Results<JsonHttpResult<ProtectedResource>, ProblemResult> Answer(HttpContext context, IConfiguration configuration, IOptions<ApiOptions> api) =>
        IssuerOf(configuration) is { } issuer
            ? TypedResults.Json(
                new ProtectedResource
                {
                    Resource = OriginOf(context.Request, api.Value) + McpEndpoint.Path,
                    AuthorizationServers = [issuer],
                    BearerMethodsSupported = ["header"],
                    ResourceName = "Sandbox",
                },
                McpJson.Of<ProtectedResource>())
            : ProblemResult.NotFound();
}
