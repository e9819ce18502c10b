using Microsoft.Extensions.Options;

namespace Sandbox.Api.Mcp.Access;

/// <summary>Tells who comes to the door without a good credential where tokens are to be had, where there is an issuer.</summary>
internal sealed class Challenge(RequestDelegate next, IConfiguration configuration, IOptions<ApiOptions> api)
{
    private readonly bool _hasIssuer = ProtectedResource.IssuerOf(configuration) is not null;

    public Task InvokeAsync(HttpContext context)
    {
        if (_hasIssuer && McpEndpoint.Is(context))
        {
            context.Response.OnStarting(() =>
            {
                var headers = context.Response.Headers;
                var where = $"resource_metadata=\"{ProtectedResource.OriginOf(context.Request, api.Value)}{ProtectedResource.Path}{McpEndpoint.Path}\"";
                if (context.Response.StatusCode == StatusCodes.Status401Unauthorized)
                    headers.WWWAuthenticate = headers.WWWAuthenticate.ToString() is { Length: > 0 } said ? $"{said}{(said.Contains('=', StringComparison.Ordinal) ? "," : string.Empty)} {where}" : $"Bearer {where}";
                return Task.CompletedTask;
            });
        }

        return next(context);
    }
}
