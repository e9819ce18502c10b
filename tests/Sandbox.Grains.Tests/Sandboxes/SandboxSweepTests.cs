using Sandbox.Grains.Sandboxes;
using Sandbox.Grains.Tests.Sessions;
using Sandbox.Grains.Tests.Testing;
using Sandbox.Runtime;

namespace Sandbox.Grains.Tests.Sandboxes;

public sealed class SandboxSweepTests : SessionNodeTest
{
    [Fact]
    public async Task Sandbox_ThatNobodyClaims_GoesWhenItIsFoundTwice()
    {
        await Node.Start();
        await Node.Time.Begun(SandboxSweep.Period);
        var (id, kept) = await Open();
        var stray = SandboxId.New();
        Node.Runtime.Leave(stray);

        await Round();
        Assert.Contains(stray, Existing);
        await Round();
        await Until(() => Task.FromResult(!Existing.Contains(stray)));
        await Round();
        await Round();

        Assert.Equal([kept.Id], Existing);
        await EndSession(id);
    }

    [Fact]
    public async Task Sandbox_ThatIsKeptReady_Stays()
    {
        Node.Pooled = true;
        await Node.Start();
        await Node.Time.Begun(SandboxSweep.Period);
        var ready = await Node.Runtime.Next();

        for (var round = 0; round < 3; round++)
            await Round();

        Assert.Contains(ready.Id, Existing);
    }

    [Fact]
    public async Task Rounds_AfterOneThatFailed_GoOn()
    {
        await Node.Start();
        await Node.Time.Begun(SandboxSweep.Period);
        var stray = SandboxId.New();
        Node.Runtime.Leave(stray);
        Node.Runtime.ListFaults = 1;

        for (var round = 0; round < 3; round++)
            await Round();

        await Until(() => Task.FromResult(!Existing.Contains(stray)));
    }

    private IEnumerable<SandboxId> Existing => Node.Runtime.Live.Select(sandbox => sandbox.Id);

    // A round has looked when the runtime was asked; the next tick comes only after it is over.
    private async Task Round()
    {
        var before = Node.Runtime.Listed;
        Node.Time.Advance(SandboxSweep.Period);
        await Until(() => Task.FromResult(Node.Runtime.Listed > before));
    }
}
