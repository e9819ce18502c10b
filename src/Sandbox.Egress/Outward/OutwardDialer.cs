using System.Net;
using Microsoft.Extensions.Options;
using Sandbox.Egress.Dialing;
using Sandbox.Egress.Rules;

namespace Sandbox.Egress.Outward;

/// <inheritdoc cref="IOutwardDialer"/>
internal sealed class OutwardDialer(IEgressResolver resolver, NodeAddresses own, IOptions<EgressOptions> options, TimeProvider time) : IOutwardDialer
{
    // Every public address; of what is special, only a rule that lies within it is a word about it.
    private static readonly string[] s_public = ["0.0.0.0/0", "::/0"];

    public async Task<OutwardDial> Dial(string host, int port, IReadOnlyList<IPNetwork> opened, CancellationToken cancellationToken)
    {
        var dial = await Dialer(opened).Dial(Rules(host, port, opened), host, port, cancellationToken);
        return new OutwardDial(dial.Socket, dial.Reason?.Code());
    }

    public string? RefusalOf(string host, IReadOnlyList<IPNetwork> opened) =>
        EgressAddress.Parse(host) is { } address ? Dialer(opened).RefusalOf(Rules(host, 443, opened), host, address, 443)?.Code() : null;

    private EgressDialer Dialer(IReadOnlyList<IPNetwork> opened) =>
        new(resolver, own.Read, opened, TimeSpan.FromSeconds(options.Value.ConnectTimeoutSeconds), time);

    private static EgressRules Rules(string host, int port, IReadOnlyList<IPNetwork> opened)
    {
        int[] ports = [port];
        var rules = s_public.Concat(opened.Select(range => range.ToString())).Select(range => ((string?)null, (string?)range, (IReadOnlyList<int>?)ports));
        if (EgressAddress.Parse(host) is null && EgressName.Normalise(host) is { } name)
            rules = rules.Append((name, null, ports));
        return EgressRules.Compile(rules);
    }
}
