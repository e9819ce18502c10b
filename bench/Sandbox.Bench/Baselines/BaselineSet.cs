namespace Sandbox.Bench.Baselines;

/// <summary>The baselines that this machine has. Made when first asked for.</summary>
internal sealed class BaselineSet(int workers) : IDisposable
{
    private readonly Lazy<RuncBaseline> _runc = new(() => new RuncBaseline(workers));
    private readonly Lazy<DockerBaseline?> _docker = new(DockerBaseline.TryCreate);

    public IBaseline Python { get; } = new PythonBaseline();

    public IBaseline Runc => _runc.Value;

    /// <summary>Null where no daemon answers.</summary>
    public IBaseline? Docker => _docker.Value;

    public void Dispose()
    {
        if (_runc.IsValueCreated)
            _runc.Value.Dispose();
        if (_docker.IsValueCreated)
            _docker.Value?.Dispose();
    }
}
