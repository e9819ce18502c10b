namespace Sandbox.Api.Mcp;

/// <summary>Who may come to the door for MCP clients; section <c>Mcp</c>.</summary>
public sealed class McpOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Mcp";

    /// <summary>
    /// Names of hosts, without a port, under which clients reach <c>/mcp</c>, beside <c>localhost</c>, the addresses of the loopback and
    /// the host of <c>Api:PublicUrl</c>. A request for another one is refused: a page elsewhere could have made its name lead here.
    /// </summary>
    public IList<string> AllowedHosts { get; } = [];

    /// <summary>
    /// Origins of web pages, such as <c>https://chat.example.com</c>, that may call <c>/mcp</c>, beside pages of this machine and of
    /// <c>Api:PublicUrl</c>. Clients that are no browsers send none.
    /// </summary>
    public IList<string> AllowedOrigins { get; } = [];
}
