using System.Text;
using Sandbox.Protocol;
using Sandbox.Runtime.Channel;
using Sandbox.Runtime.Languages;

namespace Sandbox.Runtime.Tests.Conformance;

/// <summary>A program that runs while the test talks to it: its output is read as it comes.</summary>
internal sealed class LiveProgram : IAsyncDisposable
{
    // Longer than anything takes, so that what never comes ends the test and not the whole run.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly IAgentClient _agent;
    private readonly IAgentExec _exec;
    private readonly Task _reading;
    private readonly Lock _lock = new();
    private readonly StringBuilder _text = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private LiveProgram(IAgentClient agent, string id, IAgentExec exec)
    {
        _agent = agent;
        Id = id;
        _exec = exec;
        _reading = Read();
    }

    public string Id { get; }

    public Task<ExecResult> Result => _exec.Result.WaitAsync(Patience, Token);

    public string Text
    {
        get
        {
            lock (_lock)
                return _text.ToString();
        }
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A program with an input that stays open, on a terminal where a size is given.</summary>
    public static ExecStart Start(IReadOnlyList<string> argv, TerminalSize? terminal = null) => new(
        null,
        argv,
        SandboxEnvironment.With(new Dictionary<string, string> { ["TERM"] = "xterm" }),
        SandboxEnvironment.Workspace,
        new ExecLimits(null, null),
        KillAllOnExit: false,
        KeepInput: terminal is null,
        Terminal: terminal);

    public static async Task<LiveProgram> Run(IAgentClient agent, ExecStart start, byte[]? stdin = null)
    {
        var id = Guid.NewGuid().ToString("n");
        return new LiveProgram(agent, id, await agent.Exec(new ExecRequest(id, 0, start) { Endless = true }, default, stdin ?? [], Token));
    }

    /// <summary>A shell without prompt and echo, so that only what it was told to say is said.</summary>
    public static async Task<LiveProgram> Shell(IAgentClient agent, int columns = 80, int rows = 24)
    {
        var shell = await Run(agent, Start(["/bin/bash", "--norc", "--noprofile", "-i"], new TerminalSize(columns, rows)));
        await shell.Type("PS1=; stty -echo; echo rea''dy\n");
        await shell.Said("ready\r\n");
        return shell;
    }

    public Task<InputTaken> Type(string text) => Send(Encoding.UTF8.GetBytes(text));

    public Task<InputTaken> Send(byte[] bytes, long? offset = null, bool close = false, CancellationToken? cancellationToken = null) =>
        _agent.SendInput(new InputRequest(Id, offset, close), new MemoryStream(bytes), cancellationToken ?? Token);

    /// <summary>Completes when the output has a text somewhere.</summary>
    public async Task Said(string text)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_text.ToString().Contains(text, StringComparison.Ordinal))
                    return;
                if (_reading.IsCompleted)
                    Assert.Fail($"It ended without saying “{text}”: {_text}");
                changed = _changed.Task;
            }

            await changed.WaitAsync(Patience, Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _exec.DisposeAsync();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task Read()
    {
        try
        {
            await foreach (var piece in _exec.Output(Token))
            {
                Add(Encoding.UTF8.GetString(piece.Data.Span));
                await _exec.Acknowledge(piece.Sequence, Token);
            }
        }
        finally
        {
            Add(string.Empty);
        }
    }

    private void Add(string text)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            _text.Append(text);
            changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
    }
}
