using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Sandbox.Grains.Admission;
using Sandbox.Grains.Nodes;
using Sandbox.Grains.Tests.Testing;

namespace Sandbox.Grains.Tests.Nodes;

public sealed class NodeDrainReadingTests
{
    [Fact]
    public async Task Drain_OfWhichNobodyTells_IsReadAfterAWhile()
    {
        var (time, store) = (new FakeTimeProvider(), new MemoryNodeStore());
        var drain = new NodeDrain(store, Options.Create(new NodeOptions { Name = "node" }), time, NullLogger<NodeDrain>.Instance);
        using var stop = new CancellationTokenSource();
        var running = drain.Run(stop.Token);
        await store.SetDraining("node", true, null!, Patience.Token);
        Assert.Null(drain.Refuse());

        time.Advance(NodeDrain.Interval);
        while (drain.Refuse() is null)
        {
            Patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        await stop.CancelAsync();
        await running;
    }
}
