namespace Sandbox.Api.Forwarding;

/// <summary>The other processes of the cluster, to which a request can be passed on that only one of them can answer.</summary>
internal interface IPeers
{
    /// <summary>Whether there can be any.</summary>
    bool Any { get; }

    /// <summary>Name of this process.</summary>
    string Own { get; }

    /// <summary>Whether a request was passed on by another process: it is not passed on again.</summary>
    bool IsFromPeer(HttpContext context);

    /// <summary>Passes a request on, and its answer back; false, with nothing answered, when the other one could not be reached.</summary>
    Task<bool> Forward(HttpContext context, string process);
}

/// <summary>For a process that is alone.</summary>
internal sealed class NoPeers : IPeers
{
    public bool Any => false;

    public string Own => string.Empty;

    public bool IsFromPeer(HttpContext context) => false;

    public Task<bool> Forward(HttpContext context, string process) => Task.FromResult(false);
}
