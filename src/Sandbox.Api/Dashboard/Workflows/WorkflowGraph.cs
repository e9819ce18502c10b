using Sandbox.Grains.Abstractions.Workflows;

namespace Sandbox.Api.Dashboard.Workflows;

/// <summary>A workflow's steps as they are drawn, from left to right. Lengths are in pixels.</summary>
/// <param name="Width">Width of the drawing.</param>
/// <param name="Height">Its height.</param>
/// <param name="Nodes">The steps.</param>
/// <param name="Edges">Lines from a step to one that depends on it.</param>
public sealed record WorkflowGraph(int Width, int Height, IReadOnlyList<GraphNode> Nodes, IReadOnlyList<GraphEdge> Edges)
{
    /// <summary>Width of a step.</summary>
    public const int NodeWidth = 168;

    /// <summary>Height of a step.</summary>
    public const int NodeHeight = 56;
}

/// <summary>A step in its place.</summary>
/// <param name="Step">The step.</param>
/// <param name="X">Its left side.</param>
/// <param name="Y">Its upper side.</param>
public sealed record GraphNode(WorkflowStepView Step, int X, int Y);

/// <summary>A line between two steps.</summary>
/// <param name="From">Where it begins.</param>
/// <param name="To">The step that depends on it.</param>
/// <param name="Path">The line, as SVG writes paths.</param>
public sealed record GraphEdge(WorkflowStepView From, WorkflowStepView To, string Path);
