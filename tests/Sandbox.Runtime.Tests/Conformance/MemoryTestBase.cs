namespace Sandbox.Runtime.Tests.Conformance;

/// <summary>What tests of saved sandboxes have in common.</summary>
public abstract class MemoryTestBase(TestNode node) : IAsyncDisposable
{
    protected static readonly SandboxLimits Limits = new(1, 256 << 20, 64 << 20, 64);

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    protected TestNode Node => node;

    public async ValueTask DisposeAsync()
    {
        // A test that failed half-way shall not fail the next one.
        await node.Runtime.Sweep(new HashSet<SandboxId>(), CancellationToken.None);
        GC.SuppressFinalize(this);
    }

    /// <summary>A sandbox with a Python kernel that has run some code.</summary>
    protected async Task<SandboxHandle> Start(string? code = null, SandboxLimits? limits = null)
    {
        var sandbox = await node.Runtime.Create(node.Spec(limits ?? Limits), Token);
        if (code is null)
            return sandbox;
        await node.Kernels.Start(sandbox, "python", Token);
        var step = await FinishedStep.Run(sandbox, code);
        Assert.True(step.Result?.ExitCode == 0, step.ToString());
        return sandbox;
    }

    protected async Task<SandboxHandle> Found(SandboxId id) =>
        await node.Runtime.Find(id, Token) ?? throw new InvalidOperationException($"The sandbox was not found.\n{node.Log}");
}
