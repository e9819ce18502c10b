namespace Sandbox.Client;

/// <summary>What the tenant uses of its quotas.</summary>
public sealed class UsageClient
{
    private readonly Transport _transport;

    internal UsageClient(Transport transport) => _transport = transport;

    /// <summary>What the tenant uses at this moment, over all of its agents.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Reply<Usage>> GetAsync(CancellationToken cancellationToken = default) =>
        _transport.Call(new ApiRequest(HttpMethod.Get, "v1/usage"), ClientJson.Default.Usage, cancellationToken);
}
