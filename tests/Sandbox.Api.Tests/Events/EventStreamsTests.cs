using Sandbox.Api.Events;

namespace Sandbox.Api.Tests.Events;

public sealed class EventStreamsTests
{
    [Fact]
    public void Enter_AsManyAsATenantMayHave_RefusesTheNextUntilOneIsClosed()
    {
        var streams = new EventStreams();
        var open = Enumerable.Range(0, EventStreams.MostOfTenant).Select(_ => streams.Enter("a")!).ToList();

        Assert.Null(streams.Enter("a"));
        Assert.NotNull(streams.Enter("b"));
        open[0].Dispose();
        Assert.NotNull(streams.Enter("a"));
    }
}
