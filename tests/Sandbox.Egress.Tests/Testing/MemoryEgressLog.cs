using System.Collections.Concurrent;
using System.Threading.Channels;
using Sandbox.Egress.Records;

namespace Sandbox.Egress.Tests.Testing;

/// <summary>A record in memory, that can fail.</summary>
internal sealed class MemoryEgressLog : IEgressLog
{
    private readonly ConcurrentQueue<EgressDecision> _decisions = new();
    private readonly Channel<EgressEnd> _ends = Channel.CreateUnbounded<EgressEnd>();

    public bool Fails { get; set; }

    public IReadOnlyCollection<EgressDecision> Decisions => _decisions;

    public Task Decided(EgressDecision decision)
    {
        if (Fails)
            throw new IOException("The disk is full.");
        _decisions.Enqueue(decision);
        return Task.CompletedTask;
    }

    public Task Ended(EgressEnd end)
    {
        _ends.Writer.TryWrite(end);
        return Task.CompletedTask;
    }

    public async Task<EgressEnd> NextEnd() => await _ends.Reader.ReadAsync(TestContext.Current.CancellationToken);
}
