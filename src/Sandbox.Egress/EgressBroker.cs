using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Sandbox.Egress.Dialing;
using Sandbox.Egress.Proxy;
using Sandbox.Egress.Records;
using Sandbox.Protocol;
using Sandbox.Runtime.Channel;

namespace Sandbox.Egress;

/// <summary>The way out of the sandboxes of this node.</summary>
internal sealed class EgressBroker(
    EgressDialer dialer, HttpProxy http, IEgressLog log, EgressInstruments instruments, IOptions<EgressOptions> options, TimeProvider time, ILogger<EgressAccess> logger) : IEgressBroker
{
    /// <inheritdoc/>
    public EgressBudget NewBudget() => new(options.Value);

    /// <inheritdoc/>
    public async Task<IEgressAccess> Open(IAgentEgress agent, EgressGrant grant, CancellationToken cancellationToken)
    {
        await http.Start(cancellationToken);
        await agent.ListenEgress(EgressProxy.Port, cancellationToken);
        var access = new EgressAccess(agent, grant, dialer, http, log, instruments, options.Value, time, logger);
        access.Start();
        return access;
    }
}
