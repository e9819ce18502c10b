using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Tests.Testing;

namespace Sandbox.Grains.Tests.Sessions;

public sealed class SessionMeterTests : SessionNodeTest
{
    [Fact]
    public async Task Measure_TwoLooks_TellWhatWasBusyInBetween_AndAnEndedSessionIsRefused()
    {
        await Node.Start();
        var (id, sandbox) = await Open();
        sandbox.Usage = new(CpuSeconds: 2, MemoryBytes: 100, PeakMemoryBytes: 200, OomKills: 0, ProcessRefusals: 0);
        Node.Time.Advance(TimeSpan.FromSeconds(4));
        var first = (await Node.Session(id).Measure(Alice, Patience.Token)).Value!;
        sandbox.Usage = sandbox.Usage with { CpuSeconds = 3 };
        Node.Time.Advance(TimeSpan.FromSeconds(2));
        var second = (await Node.Session(id).Measure(Alice, Patience.Token)).Value!;

        Assert.Equal((2, 0.5, 100L, 200L), (first.CpuSeconds, first.CpuUsed, first.MemoryBytes, first.PeakMemoryBytes));
        Assert.Equal((3, 0.5), (second.CpuSeconds, second.CpuUsed));
        Assert.Equal(RefusalCodes.NotFound, (await Node.Session(id).Measure(Stranger, Patience.Token)).Refusal!.Code);
        await EndSession(id);
        Assert.Equal(RefusalCodes.SessionTerminated, (await Node.Session(id).Measure(Alice, Patience.Token)).Refusal!.Code);
    }
}
