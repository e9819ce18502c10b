using Sandbox.Grains.Admission;

namespace Sandbox.Grains.Tests.Admission;

public sealed class FairQueueTests
{
    private readonly FairQueue<string> _queue = new();

    [Fact]
    public void TryDequeue_OneTenant_KeepsItsOrder()
    {
        Enqueue("a1", "a2", "a3");
        Assert.Equal(["a1", "a2", "a3"], Drain());
    }

    [Fact]
    public void TryDequeue_SeveralTenants_TakesTurns()
    {
        Enqueue("a1", "a2", "a3", "b1", "b2", "c1");
        Assert.Equal(["a1", "b1", "c1", "a2", "b2", "a3"], Drain());
    }

    [Fact]
    public void TryDequeue_TenantThatComesLater_WaitsForOneItemOfEachOther()
    {
        Enqueue("a1", "a2", "a3");
        Assert.Equal("a1", Next());
        Enqueue("b1");
        Assert.Equal(["a2", "b1", "a3"], Drain());
    }

    [Fact]
    public void TryDequeue_HeadThatDoesNotFit_PassesToTheNextTenant()
    {
        Enqueue("a1", "a2", "b1");
        Assert.Equal("b1", Next(item => item != "a1"));
        Assert.Equal(["a1", "a2"], Drain());
    }

    [Fact]
    public void TryDequeue_HeadThatDoesNotFit_IsNotOvertakenByItsOwnTenant()
    {
        Enqueue("a1", "a2");
        Assert.False(_queue.TryDequeue(item => item != "a1", out _));
        Assert.Equal(2, _queue.Count);
    }

    [Fact]
    public void TryDequeue_Empty_IsFalse() => Assert.False(_queue.TryDequeue(_ => true, out _));

    [Fact]
    public void Remove_InTheMiddle_KeepsTheRest()
    {
        Enqueue("a1", "a2", "a3", "b1");
        Assert.True(_queue.Remove("a", "a2"));
        Assert.Equal(2, _queue.CountOf("a"));
        Assert.Equal(["a1", "b1", "a3"], Drain());
    }

    [Fact]
    public void Remove_LastOfATenant_TakesItsTurnAway()
    {
        Enqueue("a1", "b1");
        Assert.True(_queue.Remove("a", "a1"));
        Assert.Equal(0, _queue.CountOf("a"));
        Assert.Equal(["b1"], Drain());
    }

    [Theory]
    [InlineData("a", "other")]
    [InlineData("unknown", "a1")]
    public void Remove_NotThere_IsFalseAndChangesNothing(string tenant, string item)
    {
        Enqueue("a1");
        Assert.False(_queue.Remove(tenant, item));
        Assert.Equal(["a1"], Drain());
    }

    [Fact]
    public void Count_ThroughEveryChange_IsTheNumberOfItems()
    {
        Enqueue("a1", "a2", "b1");
        Assert.Equal((3, 2, 1, 0), (_queue.Count, _queue.CountOf("a"), _queue.CountOf("b"), _queue.CountOf("c")));
        Next();
        _queue.Remove("b", "b1");
        Assert.Equal((1, 1, 0), (_queue.Count, _queue.CountOf("a"), _queue.CountOf("b")));
        Drain();
        Assert.Equal((0, 0), (_queue.Count, _queue.CountOf("a")));
    }

    private void Enqueue(params string[] items)
    {
        foreach (var item in items)
            _queue.Enqueue(item[..1], item);
    }

    private string? Next(Predicate<string>? fits = null) => _queue.TryDequeue(fits ?? (_ => true), out var item) ? item : null;

    private List<string> Drain()
    {
        var items = new List<string>();
        while (Next() is { } item)
            items.Add(item);
        return items;
    }
}
