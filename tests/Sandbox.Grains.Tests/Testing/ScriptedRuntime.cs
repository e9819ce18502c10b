using System.Threading.Channels;
using Sandbox.Runtime;

namespace Sandbox.Grains.Tests.Testing;

/// <summary>The host's sandboxes, as tests script them. They outlive the silo, as real ones do.</summary>
internal sealed class ScriptedRuntime : ISandboxRuntime
{
    private readonly Lock _lock = new();
    private readonly Dictionary<SandboxId, ScriptedSandbox> _sandboxes = [];
    private readonly Channel<ScriptedSandbox> _created = Channel.CreateUnbounded<ScriptedSandbox>();
    private readonly SemaphoreSlim _creating = new(0);
    private int _made;

    public IReadOnlySet<IsolationClass> Available { get; set; } = new HashSet<IsolationClass> { IsolationClass.Standard };

    public IReadOnlySet<IsolationClass> WithMemory { get; } = new HashSet<IsolationClass> { IsolationClass.Strong };

    /// <summary>How many of the next calls of <see cref="Checkpoint"/> fail.</summary>
    public int CheckpointFaults { get; set; }

    /// <summary>How many of the next calls of <see cref="Restore"/> fail.</summary>
    public int RestoreFaults { get; set; }

    /// <summary>What the agents of the sandboxes that are made refuse to unpack with.</summary>
    public string? ImportRefusal { get; set; }

    /// <summary>Images that nobody has disposed of.</summary>
    public int Images { get; set; }

    public IReadOnlyCollection<string> Templates => ["default"];

    /// <summary>Makes <see cref="Create"/> wait; null lets it through.</summary>
    public TaskCompletionSource? Hold { get; set; }

    /// <summary>How many of the next calls of <see cref="Create"/> fail.</summary>
    public int Faults { get; set; }

    /// <summary>How many of the next calls of <see cref="List"/> fail.</summary>
    public int ListFaults { get; set; }

    /// <summary>How often the sandboxes were listed.</summary>
    public int Listed { get; private set; }

    /// <summary>Sandboxes that exist.</summary>
    public IReadOnlyList<ScriptedSandbox> Live
    {
        get
        {
            lock (_lock)
                return [.. _sandboxes.Values];
        }
    }

    /// <summary>Every sandbox there ever was.</summary>
    public int Made => _made;

    public Task Initialize(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The next sandbox that was made, in order.</summary>
    public async Task<ScriptedSandbox> Next() => await _created.Reader.ReadAsync(Patience.Token);

    /// <summary>Completes when somebody has asked for the next sandbox.</summary>
    public Task NextAsked() => _creating.WaitAsync(Patience.Token);

    /// <summary>A sandbox of an earlier process.</summary>
    public ScriptedSandbox Leave(SandboxId id)
    {
        var sandbox = new ScriptedSandbox(id);
        lock (_lock)
            _sandboxes.Add(id, sandbox);
        return sandbox;
    }

    public async Task<SandboxHandle> Create(SandboxSpec spec, CancellationToken cancellationToken)
    {
        _creating.Release();
        if (Hold is { } hold)
            await hold.Task.WaitAsync(cancellationToken);
        if (Faults > 0)
        {
            Faults--;
            throw new SandboxStartException("No sandbox, as it was told to.");
        }

        var sandbox = Leave(SandboxId.New());
        sandbox.ImportRefusal = ImportRefusal;
        (sandbox.Template, sandbox.Isolation) = (spec.Template, spec.Isolation);
        Interlocked.Increment(ref _made);
        _created.Writer.TryWrite(sandbox);
        return new SandboxHandle(sandbox.Id, spec, sandbox.Connect(), sandbox.Ports, _ => { });
    }

    public Task<SandboxHandle?> Find(SandboxId id, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return Task.FromResult(_sandboxes.TryGetValue(id, out var sandbox) && !sandbox.Dead
                ? new SandboxHandle(id, new SandboxSpec("default", IsolationClass.Standard, new SandboxLimits(1, 1, 1, 1)), sandbox.Connect(), sandbox.Ports, _ => { })
                : null);
        }
    }

    public Task Destroy(SandboxId id, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_sandboxes.Remove(id, out var sandbox))
                sandbox.Die();
        }

        return Task.CompletedTask;
    }

    public Task Freeze(SandboxId id, bool frozen, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (!_sandboxes.TryGetValue(id, out var sandbox))
                throw new IOException("There is no such group.");
            sandbox.Frozen = frozen;
        }

        return Task.CompletedTask;
    }

    public Task<SandboxImage> Checkpoint(SandboxId id, bool stop, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (CheckpointFaults > 0)
            {
                CheckpointFaults--;
                throw new SandboxImageException("No image, as it was told to.");
            }

            if (!_sandboxes.TryGetValue(id, out var sandbox) || sandbox.Frozen)
                throw new SandboxImageException("There is no sandbox that runs.");
            sandbox.Disconnect();
            return Task.FromResult<SandboxImage>(sandbox.Save().Hold(this));
        }
    }

    public async Task<SandboxImage> ReceiveImage(Stream content, long maxBytes, CancellationToken cancellationToken) =>
        (await ScriptedImage.Read(content, cancellationToken)).Hold(this);

    public Task<SandboxHandle> Restore(SandboxSpec spec, SandboxImage image, CancellationToken cancellationToken)
    {
        if (RestoreFaults > 0)
        {
            RestoreFaults--;
            throw new SandboxStartException("No sandbox, as it was told to.");
        }

        var sandbox = Leave(SandboxId.New());
        sandbox.GoOnFrom((ScriptedImage)image);
        Interlocked.Increment(ref _made);
        _created.Writer.TryWrite(sandbox);
        return Task.FromResult(new SandboxHandle(sandbox.Id, spec, sandbox.Connect(), sandbox.Ports, _ => { }));
    }

    public SandboxUsage? ReadUsage(SandboxId id)
    {
        lock (_lock)
            return _sandboxes.TryGetValue(id, out var sandbox) ? sandbox.Usage : null;
    }

    public IReadOnlyCollection<SandboxId> ListOwn()
    {
        Listed++;
        if (ListFaults-- > 0)
            throw new IOException("The host's folders cannot be read, as it was told to.");
        return [.. Live.Select(sandbox => sandbox.Id)];
    }

    public async Task<int> Sweep(IReadOnlySet<SandboxId> claimed, CancellationToken cancellationToken)
    {
        var stale = Live.Where(sandbox => !claimed.Contains(sandbox.Id)).ToList();
        foreach (var sandbox in stale)
            await Destroy(sandbox.Id, cancellationToken);
        return stale.Count;
    }

    public Task<int> SweepOrphans(IReadOnlySet<SandboxId> claimed, CancellationToken cancellationToken) => Task.FromResult(0);
}
