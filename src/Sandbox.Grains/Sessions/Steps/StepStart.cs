using System.Text;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Secrets;
using Sandbox.Protocol;
using Sandbox.Runtime;
using Sandbox.Runtime.Channel;
using Sandbox.Runtime.Languages;

namespace Sandbox.Grains.Sessions.Steps;

/// <summary>Hands a step to the agent: on the kernel of its context and language, or as a command.</summary>
internal sealed class StepStart(SessionContext session)
{
    private const int FreshKernelAttempts = 3;

    /// <summary>Starts the step, or attaches to it, and says on which kernel it runs.</summary>
    /// <param name="sandbox">A connected sandbox.</param>
    /// <param name="step">The step as it stands.</param>
    /// <param name="after">Number of the last piece of output that is here already.</param>
    /// <param name="known">Whether the agent has it: then nothing is started.</param>
    /// <param name="cancellationToken">Cancels the call, not the step.</param>
    public async Task<(IAgentExec Exec, StepRecord Step)> Open(
        SandboxHandle sandbox, StepRecord step, long after, bool known, CancellationToken cancellationToken)
    {
        await session.Egress.Ensure(sandbox, cancellationToken);
        // What it was given when it started has to be masked, and so has what an installation of packages says.
        await session.Secrets.Open(session.Permit, cancellationToken);
        await session.Packages.Ensure(sandbox, cancellationToken);
        if (known || step.Spec is not { } spec)
            return (await Exec(sandbox, step, after, null, cancellationToken), step);

        var secrets = await session.Secrets.Inject(sandbox, session.Permit, cancellationToken);
        if (step.Background is { } background)
            return (await Exec(sandbox, step, after, StartCommand(spec, background, secrets), cancellationToken), step);
        if (step.Language is not { } language)
            return (await Exec(sandbox, step, after, Start(spec, null, secrets), cancellationToken), step);
        var kernel = session.Kernels.Current(step.Context, language);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                if (!kernel.Waiting)
                    await session.StartKernel(sandbox, kernel, cancellationToken);
                step = step with { Kernel = kernel.Id, FreshKernel = step.FreshKernel || session.Kernels.IsFresh(kernel) };
                return (await Exec(sandbox, step, after, Start(spec, kernel.Id, secrets), cancellationToken), step);
            }
            catch (AgentRequestException e) when (e.Code == AgentErrors.NotFound && attempt < FreshKernelAttempts)
            {
                // It ended between two steps: by its own doing, or killed for memory.
                kernel = session.Kernels.Replace(kernel);
            }
        }
    }

    private Task<IAgentExec> Exec(SandboxHandle sandbox, StepRecord step, long after, ExecStart? start, CancellationToken cancellationToken) =>
        sandbox.Agent.Exec(
            new ExecRequest(StepName.ExecIdOf(step, session.Branch), after, start) { Endless = step.Background is not null },
            Utf8(step.Spec?.Code),
            Utf8(step.Spec?.Stdin),
            cancellationToken);

    private ExecStart Start(StepSpec spec, string? kernel, InjectedSecrets secrets)
    {
        var env = session.EnvironmentOf(spec, secrets);
        return new ExecStart(
            kernel,
            spec.Command ?? [],
            spec.Command is null ? env : SandboxEnvironment.With(env),
            SandboxEnvironment.Workspace,
            new ExecLimits(spec.TimeoutSeconds ?? session.Limits.WallSeconds, session.Limits.OutputBytes),
            KillAllOnExit: false,
            Step: kernel is not null);
    }

    private ExecStart StartCommand(StepSpec spec, BackgroundCommand background, InjectedSecrets secrets)
    {
        var env = SandboxEnvironment.With(session.EnvironmentOf(spec, secrets));
        if (background.Terminal is not null)
            env.TryAdd("TERM", "xterm-256color");
        return new ExecStart(
            null,
            background.Command,
            env,
            background.Cwd,
            new ExecLimits(spec.TimeoutSeconds, null),
            KillAllOnExit: background.EndsAll,
            KeepInput: background.KeepStdinOpen,
            Terminal: background.Terminal is { } terminal ? new TerminalSize(terminal.Columns, terminal.Rows) : null);
    }

    private static ReadOnlyMemory<byte> Utf8(string? text) => text is null ? default : Encoding.UTF8.GetBytes(text);
}
