namespace Sandbox.Api.Mcp.Access;

/// <summary>Marks the routes of the door.</summary>
internal sealed class McpEndpoint
{
    public const string Path = "/mcp";

    public static readonly McpEndpoint Mark = new();

    public static bool Is(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<McpEndpoint>() is not null;
}
