using System.ComponentModel.DataAnnotations;

namespace Sandbox.Api;

/// <summary>Bounds of the HTTP interface; section <c>Api</c>.</summary>
public sealed class ApiOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Api";

    /// <summary>Largest request body in bytes; more is answered with 413. 1 KiB to 1 GiB, default 32 MiB.</summary>
    [Range(1024d, 1024d * 1024 * 1024)]
    public long MaxRequestBodyBytes { get; set; } = 32 * 1024 * 1024;

    /// <summary>
    /// The address under which clients reach this server, such as <c>https://sandbox.example.com</c>: what signed URLs begin with.
    /// Default: the address that each request came to.
    /// </summary>
    public Uri? PublicUrl { get; set; }

    /// <summary>
    /// Names of hosts, without a port, under which people reach <c>/dashboard</c> and MCP clients <c>/mcp</c>, beside <c>localhost</c>, the
    /// addresses of the loopback and the host of <see cref="PublicUrl"/>. A request for another one is refused there: a page elsewhere
    /// could have made its name lead here.
    /// </summary>
    public IList<string> AllowedHosts { get; } = [];

    /// <summary>Most files that one request may carry. 1 to 100000, default 1000.</summary>
    [Range(1, 100_000)]
    public int MaxFiles { get; set; } = 1000;
}
