using Sandbox.Api.Dashboard.Workflows;
using Sandbox.Grains.Abstractions.Workflows;

namespace Sandbox.Api.Tests.Dashboard;

public sealed class GraphLayoutTests
{
    [Fact]
    public void Steps_AreRightOfAllThatTheyDependOn()
    {
        var graph = GraphLayout.Of([Step("end", "left", "right", "start"), Step("left", "start"), Step("right", "left"), Step("start")])!;

        var places = graph.Nodes.ToDictionary(static node => node.Step.Id);
        Assert.All(graph.Edges, edge => Assert.True(places[edge.From.Id].X + WorkflowGraph.NodeWidth < places[edge.To.Id].X, $"{edge.From.Id} → {edge.To.Id}"));
        Assert.Equal(5, graph.Edges.Count);
        Assert.All(graph.Nodes, node => Assert.True(
            node.X >= 0 && node.Y >= 0 && node.X + WorkflowGraph.NodeWidth <= graph.Width && node.Y + WorkflowGraph.NodeHeight <= graph.Height, node.Step.Id));
    }

    [Fact]
    public void Steps_DoNotLieUponEachOther()
    {
        var steps = Enumerable.Range(0, 40).Select(number => Step($"s{number}", [.. Enumerable.Range(0, number).Where(other => number % (other + 2) == 0).Select(other => $"s{other}")]));

        var nodes = GraphLayout.Of([.. steps])!.Nodes;

        var pairs = from one in nodes from other in nodes where string.CompareOrdinal(one.Step.Id, other.Step.Id) < 0 select (one, other);
        Assert.All(pairs, pair => Assert.True(
            Math.Abs(pair.one.X - pair.other.X) >= WorkflowGraph.NodeWidth || Math.Abs(pair.one.Y - pair.other.Y) >= WorkflowGraph.NodeHeight, $"{pair}"));
    }

    [Fact]
    public void Lines_OfSideBySideChains_DoNotCross()
    {
        // As they are given, the second column is upside down.
        var nodes = GraphLayout.Of([Step("a1"), Step("b1"), Step("c1"), Step("c2", "c1"), Step("b2", "b1"), Step("a2", "a1")])!.Nodes.ToDictionary(static node => node.Step.Id);

        Assert.Equal((nodes["a1"].Y, nodes["b1"].Y, nodes["c1"].Y), (nodes["a2"].Y, nodes["b2"].Y, nodes["c2"].Y));
    }

    [Fact]
    public void Graph_OfTooManySteps_IsNotDrawn()
    {
        Assert.NotNull(GraphLayout.Of([.. Enumerable.Range(0, GraphLayout.MostSteps).Select(number => Step($"s{number}"))]));
        Assert.Null(GraphLayout.Of([.. Enumerable.Range(0, GraphLayout.MostSteps + 1).Select(number => Step($"s{number}"))]));
    }

    [Fact]
    public void Graph_OfTooManyLines_IsNotDrawn()
    {
        // Each depends on all before it: lines over many columns need places of their own.
        var steps = Enumerable.Range(0, 60).Select(number => Step($"s{number}", [.. Enumerable.Range(0, number).Select(other => $"s{other}")]));
        Assert.Null(GraphLayout.Of([.. steps]));
    }

    private static WorkflowStepView Step(string id, params string[] after) =>
        new(id, after, WorkflowStepStatus.Pending, null, null, null, null, null, null, 0, "agent", null, null, null);
}
