using Sandbox.Runtime.Oci.Checkpoints;

namespace Sandbox.Runtime.Tests.Oci.Checkpoints;

public sealed class SandboxLocksTests
{
    private readonly SandboxLocks _locks = new();
    private readonly SandboxId _id = SandboxId.New();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Enter_WhileHeld_WaitsForItsTurn()
    {
        var first = await _locks.Enter(_id, Token);
        var second = _locks.Enter(_id, Token);
        Assert.False(second.IsCompleted);

        first.Dispose();
        first.Dispose();

        using var turn = await second;
        Assert.False(_locks.Enter(_id, Token).IsCompleted);
    }

    [Fact]
    public async Task Enter_OtherSandbox_DoesNotWait()
    {
        using var first = await _locks.Enter(_id, Token);
        using var other = await _locks.Enter(SandboxId.New(), Token);
    }

    [Fact]
    public async Task Enter_GivenUp_LetsTheNextOneIn()
    {
        var first = await _locks.Enter(_id, Token);
        using var givesUp = new CancellationTokenSource();
        var second = _locks.Enter(_id, givesUp.Token);
        await givesUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);

        first.Dispose();

        using var third = await _locks.Enter(_id, Token);
    }

    [Fact]
    public async Task Interrupt_ReachesWhoHoldsItAndNobodyElse()
    {
        _locks.Interrupt(_id);
        var first = await _locks.Enter(_id, Token);
        Assert.False(first.Interrupted.IsCancellationRequested);
        _locks.Interrupt(_id);
        Assert.True(first.Interrupted.IsCancellationRequested);
        first.Dispose();

        using var second = await _locks.Enter(_id, Token);
        Assert.False(second.Interrupted.IsCancellationRequested);
    }
}
