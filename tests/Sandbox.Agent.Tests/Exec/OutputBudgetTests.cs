using Sandbox.Agent.Exec;
using Sandbox.Protocol;

namespace Sandbox.Agent.Tests.Exec;

public sealed class OutputBudgetTests
{
    [Fact]
    public void Take_BeyondTheLimit_KeepsTheLimitAndCountsAll()
    {
        var budget = new OutputBudget(10);

        Assert.Equal([6, 4, 0], [budget.Take(OutputStream.Stdout, 6), budget.Take(OutputStream.Stderr, 7), budget.Take(OutputStream.Stdout, 1)]);
        Assert.Equal((7L, 7L, true, true), (budget.StdoutBytes, budget.StderrBytes, budget.StdoutTruncated, budget.StderrTruncated));
    }

    [Fact]
    public void Take_ExactlyTheLimit_IsNotExceeded()
    {
        var budget = new OutputBudget(10);

        Assert.Equal(10, budget.Take(OutputStream.Stdout, 10));
        Assert.False(budget.Exceeded);
    }

    [Fact]
    public void TakeRich_WithoutRoomForAll_TakesNothingMore()
    {
        var budget = new OutputBudget(10);

        Assert.Equal([true, false, false], [budget.TakeRich(6), budget.TakeRich(5), budget.TakeRich(1)]);
        Assert.True(budget.Exceeded);
        Assert.Equal((0L, false), (budget.StdoutBytes, budget.StdoutTruncated));
    }
}
