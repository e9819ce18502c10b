using System.Collections.Concurrent;
using System.Threading.Channels;
using Sandbox.Protocol;
using Sandbox.Runtime;
using Sandbox.Runtime.Channel;

namespace Sandbox.Grains.Tests.Testing;

/// <summary>One sandbox with its agent: what it was asked to run waits for the test to play it.</summary>
internal sealed class ScriptedSandbox(SandboxId id)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ScriptedExec> _execs = [];
    private readonly List<ScriptedConnection> _connections = [];
    private readonly Channel<ScriptedExec> _started = Channel.CreateUnbounded<ScriptedExec>();
    private readonly SemaphoreSlim _connected = new(0);

    public SandboxId Id => id;

    public string Template { get; set; } = "default";

    public IsolationClass Isolation { get; set; }

    /// <summary>What kernels were started with.</summary>
    public ConcurrentQueue<StartKernelRequest> Kernels { get; } = new();

    public bool Dead { get; private set; }

    public bool Frozen { get; set; }

    /// <summary>Signals that the agent was asked to send.</summary>
    public ConcurrentQueue<(string ExecId, int Signal)> Signals { get; } = new();

    /// <summary>Changes of terminals' sizes that the agent was asked for.</summary>
    public ConcurrentQueue<(string ExecId, TerminalSize Size)> Resizes { get; } = new();

    /// <summary>What executions were given after their start.</summary>
    public ConcurrentQueue<(InputRequest Request, string Text)> Inputs { get; } = new();

    /// <summary>The agent takes requests and never answers.</summary>
    public bool Mute { get; set; }

    public SandboxUsage Usage { get; set; } = new(0, 0, 1000, 0, 0);

    /// <summary>What listens in it.</summary>
    public ScriptedPorts Ports { get; } = new();

    /// <summary>Files of the workspace: those that were written, and those that the code is to leave.</summary>
    public Dictionary<string, byte[]> Files { get; } = [];

    /// <summary>Code with which the agent refuses to send its files.</summary>
    public string? ExportRefusal { get; set; }

    /// <summary>Code with which it refuses to unpack some.</summary>
    public string? ImportRefusal { get; set; }

    public TimeSpan? Deadline { get; set; }

    public IReadOnlyList<string> ExecIds
    {
        get
        {
            lock (_lock)
                return [.. _execs.Keys];
        }
    }

    /// <summary>The next execution that was started here.</summary>
    public async Task<ScriptedExec> NextExec() => await _started.Reader.ReadAsync(Patience.Token);

    /// <summary>Completes with the next connection.</summary>
    public Task NextConnection() => _connected.WaitAsync(Patience.Token);

    /// <summary>An execution that is known here.</summary>
    public ScriptedExec Find(string execId)
    {
        lock (_lock)
            return _execs[execId];
    }

    /// <summary>An execution that an earlier process has started.</summary>
    public ScriptedExec Started(string execId)
    {
        lock (_lock)
            return _execs[execId] = new ScriptedExec(null, string.Empty, string.Empty);
    }

    /// <summary>What a process saves of it: its files, and the executions that its agent knows.</summary>
    public ScriptedImage Save()
    {
        lock (_lock)
            return new ScriptedImage(new Dictionary<string, byte[]>(Files), [.. _execs.Where(exec => exec.Value.Result is null).Select(exec => exec.Key)]);
    }

    /// <summary>Goes on where another one was saved.</summary>
    public void GoOnFrom(ScriptedImage image)
    {
        foreach (var (path, file) in image.Files)
            Files[path] = file;
        foreach (var exec in image.Running)
            Started(exec);
    }

    /// <summary>The agent has forgotten what it ran.</summary>
    public void Forget()
    {
        lock (_lock)
            _execs.Clear();
    }

    public ScriptedConnection Connect()
    {
        lock (_lock)
        {
            var connection = new ScriptedConnection(this, [.. _execs.Keys]);
            _connections.Add(connection);
            _connected.Release();
            return connection;
        }
    }

    /// <summary>Breaks every connection; the sandbox lives.</summary>
    public void Disconnect()
    {
        lock (_lock)
        {
            _connections.ForEach(connection => connection.Break());
            _connections.Clear();
        }
    }

    /// <summary>Ends everything inside.</summary>
    public void Die()
    {
        Dead = true;
        Disconnect();
    }

    /// <summary>What the agent does with input: refuses it where it knows no such execution, or it has ended.</summary>
    public InputTaken Input(InputRequest request, byte[] bytes)
    {
        lock (_lock)
        {
            if (!_execs.TryGetValue(request.Id, out var exec))
                throw new AgentRequestException(AgentErrors.NotFound, "gone");
            if (exec.Result is not null)
                throw new AgentRequestException(AgentErrors.InputClosed, "ended");
            Inputs.Enqueue((request, System.Text.Encoding.UTF8.GetString(bytes)));
            return new InputTaken(bytes.Length);
        }
    }

    /// <summary>What the agent does with a request: starts or attaches.</summary>
    public (ScriptedExec Exec, bool Started) Accept(ExecRequest request, string code, string stdin)
    {
        lock (_lock)
        {
            if (_execs.TryGetValue(request.Id, out var known))
                return (known, false);
            var exec = _execs[request.Id] = new ScriptedExec(request.Start, code, stdin);
            _started.Writer.TryWrite(exec);
            return (exec, true);
        }
    }
}
