using System.Globalization;
using System.Text;
using Sandbox.Api.E2b.Routing;
using Sandbox.Api.Http;
using Sandbox.Api.Output;
using Sandbox.Api.Sandboxes;
using Sandbox.Api.Tenants;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Api.E2b.Envd;

/// <summary>Processes of a sandbox: the background commands of its session, and its terminals. A pid is the number of a command.</summary>
internal sealed class ProcessCalls(SandboxDoor door, ICommandInput input, ISessionFiles files, IPlatform platform, TimeProvider time)
{
    private const int Kill = 9;
    private const int Terminate = 15;
    private const int PageSize = 1000;
    private const double LeastSeconds = 0.1;
    private static readonly TimeSpan EndKept = TimeSpan.FromSeconds(30);

    public Task Start(HttpContext context, LiveSandbox sandbox) => Connect.Stream(context, E2bJson.Default.StartProcess, async (request, frames) =>
    {
        RequireUser(context);
        var spec = await ToSpec(context, sandbox, request);
        var started = Connect.Value(await sandbox.Commands.StartCommand(sandbox.Caller, spec, null, null, context.RequestAborted)).Command;
        if (started is { Ended: true, StartedAt: null })
            throw new ConnectException(Connect.InvalidArgument, $"The process could not be started: {started.Cause ?? "unknown"}.");
        await new ProcessStream(sandbox, started, frames, time).Run(0, context);
    });

    public Task ConnectTo(HttpContext context, LiveSandbox sandbox) => Connect.Stream(context, E2bJson.Default.SelectedProcess, async (request, frames) =>
    {
        var command = await Find(sandbox, request.Process, context.RequestAborted);
        if (command.Ended && !(command.FinishedAt + EndKept > time.GetUtcNow()))
            throw Missing();
        await new ProcessStream(sandbox, command, frames, time).Run(await LastEvent(sandbox, command, context.RequestAborted), context);
    });

    public Task List(HttpContext context, LiveSandbox sandbox) => Connect.Unary(context, E2bJson.Default.SelectedProcess, async _ =>
    {
        var running = new List<ProcessInfo>();
        for (long? after = 0; after is { } from;)
        {
            var page = Connect.Value(await sandbox.Commands.ListCommands(sandbox.Caller, from, PageSize, context.RequestAborted));
            running.AddRange(page.Items.Where(static command => !command.Ended).Select(InfoOf));
            after = page.Next;
        }

        await Connect.Answer(context, new ProcessList(running), E2bJson.Default.ProcessList);
    });

    public async Task SendInput(HttpContext context, LiveSandbox sandbox)
    {
        if (await door.IsAnsweredElsewhere(context, sandbox))
            return;
        await Connect.Unary(context, E2bJson.Default.ProcessInput, async request =>
        {
            var bytes = request.Input?.Stdin ?? request.Input?.Pty ?? throw new ConnectException(Connect.InvalidArgument, "input: Is required.");
            await Type(sandbox, request.Process, bytes, close: false, context);
        });
    }

    public async Task CloseStdin(HttpContext context, LiveSandbox sandbox)
    {
        if (await door.IsAnsweredElsewhere(context, sandbox))
            return;
        await Connect.Unary(context, E2bJson.Default.SelectedProcess, request => Type(sandbox, request.Process, [], close: true, context));
    }

    public Task SendSignal(HttpContext context, LiveSandbox sandbox) => Connect.Unary(context, E2bJson.Default.ProcessSignal, async request =>
    {
        var signal = request.Signal switch
        {
            "SIGNAL_SIGKILL" => Kill,
            "SIGNAL_SIGTERM" => Terminate,
            _ => throw new ConnectException(Connect.InvalidArgument, "signal: Must be SIGNAL_SIGKILL or SIGNAL_SIGTERM."),
        };
        var command = await Find(sandbox, request.Process, context.RequestAborted);
        if (command.Ended)
            throw Missing();
        Connect.Value(await sandbox.Commands.SignalCommand(sandbox.Caller, command.Number, signal, context.RequestAborted));
        await Connect.Empty(context);
    });

    public async Task Update(HttpContext context, LiveSandbox sandbox)
    {
        if (await door.IsAnsweredElsewhere(context, sandbox))
            return;
        await Connect.Unary(context, E2bJson.Default.ProcessUpdate, async request =>
        {
            var size = SizeOf(request.Pty) ?? throw new ConnectException(Connect.InvalidArgument, "pty.size: Is required.");
            var number = NumberOf(request.Process);
            Connect.Value(await input.Resize(sandbox.Caller, sandbox.Session, number, size.Cols, size.Rows, context.RequestAborted));
            await Connect.Empty(context);
        });
    }

    private async Task<CommandSpec> ToSpec(HttpContext context, LiveSandbox sandbox, StartProcess request)
    {
        if (request.Process is not { Cmd: { Length: > 0 } cmd } process)
            throw new ConnectException(Connect.InvalidArgument, "process.cmd: Is required.");
        if (request.Tag is { Length: > 0 })
            throw new ConnectException(Connect.Unimplemented, "tag: Processes are known by their pid alone.");
        if (process.Args?.Contains(null!) == true || process.Envs?.ContainsValue(null!) == true || process.Cwd?.Contains('\0') == true)
            throw new ConnectException(Connect.InvalidArgument, "process: Arguments, variables and folder are strings, without NUL.");
        var cwd = SandboxPaths.Absolute(process.Cwd);
        IReadOnlyList<string> command = [cmd, .. process.Args ?? []];
        var env = new Dictionary<string, string>(process.Envs ?? [], StringComparer.Ordinal);
        var errors = new RequestErrors();
        ArgumentRules.CheckCommand(command, errors);
        if (EnvironmentRules.Check(env, errors) > RequestBounds.ArgumentsTotalBytes)
            errors.Add("envs", $"Exceeds {RequestBounds.ArgumentsTotalBytes} bytes.");
        if (errors.Any)
            throw new ConnectException(Connect.InvalidArgument, errors.Summary);
        if (cwd != SandboxPaths.Home && (await files.Stat(sandbox.Caller, sandbox.Session, SandboxPaths.ToSandbox(cwd), context.RequestAborted)).Value is not { Kind: "directory" or "link" })
            throw new ConnectException(Connect.InvalidArgument, $"cwd '{cwd}' does not exist");
        // A shell that is told by which name it came there says so.
        env.TryAdd("PWD", sandbox.View.Template is null ? cwd : SandboxPaths.ToSandbox(cwd));
        return new CommandSpec(
            command, env, SandboxPaths.ToSandbox(cwd), null, KeepStdinOpen: request.Pty is not null || request.Stdin != false, TimeoutOf(context.Request), TerminalOf(request.Pty));
    }

    // Where the client has a deadline, it is the process that has it.
    private double? TimeoutOf(HttpRequest request) =>
        long.TryParse(request.Headers["Connect-Timeout-Ms"], NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds > 0
            ? Math.Clamp(milliseconds / 1000d, LeastSeconds, platform.MaximumTtlSeconds)
            : null;

    private static CommandTerminal? TerminalOf(Pty? pty)
    {
        if (pty is null)
            return null;
        var size = SizeOf(pty) ?? new PtySize(80, 24);
        return new CommandTerminal($"e2b-{Guid.NewGuid():N}", size.Cols, size.Rows);
    }

    private static PtySize? SizeOf(Pty? pty)
    {
        if (pty?.Size is not { } size)
            return null;
        return size is { Cols: >= 1 and <= CommandTerminal.Most, Rows: >= 1 and <= CommandTerminal.Most }
            ? size
            : throw new ConnectException(Connect.InvalidArgument, $"pty.size: Has 1 to {CommandTerminal.Most} columns and rows.");
    }

    private async Task Type(LiveSandbox sandbox, ProcessSelector? process, byte[] bytes, bool close, HttpContext context)
    {
        using var typed = new MemoryStream(bytes, writable: false);
        Connect.Value(await input.Write(sandbox.Caller, sandbox.Session, NumberOf(process), typed, null, close, context.RequestAborted));
        await Connect.Empty(context);
    }

    // Of an output that grows, the last event now.
    private static async Task<long> LastEvent(LiveSandbox sandbox, CommandView command, CancellationToken cancellationToken)
    {
        if (command.Ended)
            return 0;
        for (var last = 0L; ;)
        {
            var page = Connect.Value(await sandbox.Commands.ReadCommandEvents(sandbox.Caller, command.Number, last, TimeSpan.Zero, cancellationToken));
            if (page.Events.Count == 0 || page.Ended)
                return last;
            last = page.Events[^1].Id;
        }
    }

    private static async Task<CommandView> Find(LiveSandbox sandbox, ProcessSelector? process, CancellationToken cancellationToken) =>
        Connect.Value(await sandbox.Commands.GetCommand(sandbox.Caller, NumberOf(process), TimeSpan.Zero, cancellationToken));

    private static long NumberOf(ProcessSelector? process) => process switch
    {
        { Pid: { } pid } => pid,
        { Tag: not null } => throw new ConnectException(Connect.Unimplemented, "tag: Processes are known by their pid alone."),
        _ => throw new ConnectException(Connect.InvalidArgument, "process: Is required."),
    };

    private static ConnectException Missing() => new(Connect.NotFound, "There is no such process.");

    private static ProcessInfo InfoOf(CommandView command) => new(command.Number, new ProcessConfig
    {
        Cmd = command.Command[0],
        Args = [.. command.Command.Skip(1)],
        Envs = [],
        Cwd = SandboxPaths.ToClient(command.Cwd),
    });

    /// <summary>Refuses to act as another user than the sandbox's own.</summary>
    public static void RequireUser(HttpContext context)
    {
        if (context.Request.Headers.Authorization is not [{ } text] || !text.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
            return;
        var bytes = new byte[text.Length];
        var name = Convert.TryFromBase64String(text["Basic ".Length..], bytes, out var count) ? Encoding.UTF8.GetString(bytes, 0, count).TrimEnd(':') : string.Empty;
        if (!IsUser(name))
            throw new ConnectException(Connect.Unauthenticated, "There is no user but 'user' in a sandbox, and no root.");
    }

    public static bool IsUser(string? name) => name is null or "" or "user";
}
