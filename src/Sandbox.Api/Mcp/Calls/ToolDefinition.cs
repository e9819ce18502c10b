using ModelContextProtocol.Protocol;
using Sandbox.Api.Mcp.Schemas;

namespace Sandbox.Api.Mcp.Calls;

/// <summary>A tool: what models are told of it, and what it does.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Title">Its name for people.</param>
/// <param name="Description">What it does, for models: with lifetimes, defaults and bounds.</param>
/// <param name="Input">Its arguments.</param>
/// <param name="Output">Type of what it answers with.</param>
/// <param name="Run">Does it.</param>
internal sealed record ToolDefinition(
    string Name, string Title, string Description, InputSchema Input, Type Output, Func<ToolCall, Task<CallToolResult>> Run)
{
    /// <summary>Whether it changes nothing.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>Whether what is lost by it may be missed.</summary>
    public bool IsDestructive { get; init; }

    /// <summary>Whether doing it twice does no more than once.</summary>
    public bool IsIdempotent { get; init; }

    /// <summary>Whether it may reach what is outside: code may, as far as policy opens the network.</summary>
    public bool IsOpenWorld { get; init; }

    /// <summary>Whether bytes flow between it and a sandbox, so that the process answers which holds the session's.</summary>
    public bool IsAtHolder { get; init; }
}

/// <summary>Tools about one thing.</summary>
internal interface IToolGroup
{
    /// <summary>The tools, in the order in which they are listed.</summary>
    IEnumerable<ToolDefinition> Tools { get; }
}
