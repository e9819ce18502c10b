using System.Globalization;
using Sandbox.Protocol;
using Sandbox.Runtime.Channel;

namespace Sandbox.Runtime.Tests.Conformance;

/// <summary>A step outlives the process that began it, and the time in which its sandbox stands still.</summary>
public abstract class StepLifetimeTests(TestNode node) : IAsyncDisposable
{
    private const int Lines = 4000;

    // Says half of its lines, and the rest once somebody else has written the file.
    private const string Counter = """
        import os, time
        for i in range(4000):
            if i == 2000:
                while not os.path.exists('go'): time.sleep(0.01)
            print(f'{i:0999}')
        x += 1
        display('shown')
        x
        """;

    private static readonly SandboxLimits Limits = new(1, 256 << 20, 64 << 20, 64);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        // A test that failed half-way shall not fail the next one.
        await node.Runtime.Sweep(new HashSet<SandboxId>(), CancellationToken.None);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Restart_InTheMiddleOfAStep_LosesNeitherOutputNorState()
    {
        SandboxId id;
        var (first, last) = (new MemoryStream(), 0L);
        await using (var sandbox = await Start())
        {
            id = sandbox.Id;
            await using var exec = await FinishedStep.Begin(sandbox, "count", Counter);
            await foreach (var output in exec.Output(Token))
            {
                first.Write(output.Data.Span);
                last = output.Sequence;
                await exec.Acknowledge(last, Token);
                if (first.Length > 500_000)
                    break;
            }
        }

        await node.Restart();
        await using var found = await node.Runtime.Find(id, Token) ?? throw new InvalidOperationException($"The sandbox was not found.\n{node.Log}");
        Assert.Contains("count", found.Agent.KnownExecs);
        var refusal = await Assert.ThrowsAsync<AgentRequestException>(() => FinishedStep.Begin(found, "another", "x"));
        await using var attached = await found.Agent.Exec(new ExecRequest("count", last, null), default, default, Token);
        var step = await FinishedStep.Read(attached, _ => FinishedRun.Command(found, ["/bin/sh", "-c", ": >go"], killAll: false));

        Assert.Equal((AgentErrors.Busy, false), (refusal.Code, attached.Started));
        Assert.True(Expected().AsSpan().SequenceEqual([.. first.ToArray(), .. step.Stdout]), $"Output differs from what was written: {step.Stdout.Length} {step.Result}");
        Assert.Equal(("'shown'", "42"), (Shown(step, "display"), Shown(step, "result")));
        Assert.True(step.Result is { ExitCode: 0, KernelEnded: false, StdoutBytes: Lines * 1000L }, $"{step.Result}");
        Assert.Equal("42", Shown(await FinishedStep.Run(found, "x"), "result"));
    }

    [Fact]
    public async Task Freeze_InTheMiddleOfAStep_GoesOnWhereItWas()
    {
        await using var sandbox = await Start();
        await using var exec = await FinishedStep.Begin(sandbox, "count", Counter);

        var step = await FinishedStep.Read(exec, async _ =>
        {
            await node.Runtime.Freeze(sandbox.Id, frozen: true, Token);
            var frozen = node.Runtime.ReadUsage(sandbox.Id)!.CpuSeconds;
            // What another sandbox does meanwhile takes longer than what this one would have gone on with.
            await using (var other = await node.Runtime.Create(node.Spec(Limits), Token))
                await node.Runtime.Destroy(other.Id, Token);
            Assert.Equal(frozen, node.Runtime.ReadUsage(sandbox.Id)!.CpuSeconds);
            await node.Runtime.Freeze(sandbox.Id, frozen: false, Token);
            await FinishedRun.Command(sandbox, ["/bin/sh", "-c", ": >go"], killAll: false);
        });

        Assert.True(Expected().AsSpan().SequenceEqual(step.Stdout), $"Output differs from what was written: {step.Stdout.Length} {step.Result}");
        Assert.True(step.Result is { ExitCode: 0, KernelEnded: false }, $"{step.Result}");
        Assert.Equal("42", Shown(await FinishedStep.Run(sandbox, "x"), "result"));
    }

    [Fact]
    public async Task Destroy_InTheMiddleOfAStep_EndsItAndLeavesNothing()
    {
        await using var sandbox = await Start();
        await using var exec = await FinishedStep.Begin(sandbox, "count", Counter);

        var step = await FinishedStep.Read(exec, _ => node.Runtime.Destroy(sandbox.Id, Token));

        Assert.Null(step.Result);
        Assert.Empty(node.Traces.Find());
    }

    private static byte[] Expected() =>
        [.. Enumerable.Range(0, Lines).SelectMany(i => System.Text.Encoding.ASCII.GetBytes(i.ToString("d999", CultureInfo.InvariantCulture) + "\n"))];

    private static string? Shown(FinishedStep step, string type) => (string?)step.Only(type)["data"]!["text/plain"];

    private async Task<SandboxHandle> Start()
    {
        var sandbox = await node.Runtime.Create(node.Spec(Limits), Token);
        await node.Kernels.Start(sandbox, "python", Token);
        await FinishedStep.Run(sandbox, "x = 41");
        return sandbox;
    }
}

public sealed class CrunStepLifetimeTests(CrunNode node) : StepLifetimeTests(node), IClassFixture<CrunNode>;

public sealed class RuncStepLifetimeTests(RuncNode node) : StepLifetimeTests(node), IClassFixture<RuncNode>;

public sealed class GvisorStepLifetimeTests(GvisorNode node) : StepLifetimeTests(node), IClassFixture<GvisorNode>;
