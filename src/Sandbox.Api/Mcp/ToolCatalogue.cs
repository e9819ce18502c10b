using System.Collections.Frozen;
using ModelContextProtocol.Server;
using Sandbox.Api.Mcp.Access;
using Sandbox.Api.Mcp.Calls;
using Sandbox.Api.Mcp.Resources;

namespace Sandbox.Api.Mcp;

/// <summary>All tools, the same for every caller: what one may do is said when it calls.</summary>
internal sealed class ToolCatalogue
{
    private readonly FrozenSet<string> _atHolder;

    public ToolCatalogue(IEnumerable<IToolGroup> groups, IHttpContextAccessor contexts, RunningCalls calls, TimeProvider time, ILogger<SandboxTool> logger)
    {
        Definitions = [.. groups.SelectMany(static group => group.Tools)];
        foreach (var definition in Definitions)
            Collection.Add(new SandboxTool(definition, contexts, calls, time, logger));
        _atHolder = Definitions.Where(static tool => tool.IsAtHolder).Select(static tool => tool.Name).ToFrozenSet(StringComparer.Ordinal);
    }

    public IReadOnlyList<ToolDefinition> Definitions { get; }

    public McpServerPrimitiveCollection<McpServerTool> Collection { get; } = [];

    /// <summary>The session whose sandbox a request reads or writes bytes of; null where it does not.</summary>
    public string? SessionAtHolder(Peeked request) => request.Method switch
    {
        "tools/call" when request.Text("name") is { } tool && _atHolder.Contains(tool) => request.Argument("sessionId"),
        "resources/read" when request.Text("uri") is { } uri => ResourceUri.Parse(uri)?.Session,
        _ => null,
    };
}
