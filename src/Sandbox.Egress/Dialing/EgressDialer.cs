using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Sandbox.Egress.Rules;

namespace Sandbox.Egress.Dialing;

/// <summary>
/// Opens connections out of sandboxes. A name is resolved once, each of its addresses is checked, and the connection goes to
/// one that was checked: an answer that changes afterwards (rebinding) has nothing to change.
/// </summary>
/// <param name="resolver">Resolves names.</param>
/// <param name="ownAddresses">The node's own addresses, asked for at every connection since they change.</param>
/// <param name="special">Ranges of private, special and own addresses that rules may open at all.</param>
/// <param name="connectTimeout">How long resolving and connecting may take together.</param>
/// <param name="time">The clock of the timeout.</param>
internal sealed class EgressDialer(IEgressResolver resolver, Func<IReadOnlyCollection<IPAddress>> ownAddresses, IReadOnlyList<IPNetwork> special, TimeSpan connectTimeout, TimeProvider time)
{
    /// <summary>Connects to a host, by name or address in the usual notation, as far as the rules allow it.</summary>
    public async Task<EgressDial> Dial(EgressRules rules, string host, int port, CancellationToken cancellationToken)
    {
        if (port is < 1 or > 65535)
            return EgressDial.Refused(EgressReason.MalformedTarget);
        using var timeout = new CancellationTokenSource(connectTimeout, time);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            if (EgressAddress.Parse(host) is { } literal)
                return await Connect(rules, [literal], port, named: false, ends.Token);
            if (EgressName.Normalise(host) is not { } name)
                return EgressDial.Refused(EgressReason.MalformedTarget);
            if (rules.RefusalOfName(name, port) is { } refusal)
                return EgressDial.Refused(refusal);
            return await Connect(rules, await resolver.Resolve(name, ends.Token), port, named: true, ends.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return EgressDial.Refused(EgressReason.Unreachable);
        }
    }

    /// <summary>Why a connection that is open would not be opened now; null if it would.</summary>
    /// <param name="rules">The rules of now.</param>
    /// <param name="host">What was asked for.</param>
    /// <param name="address">What it is connected to.</param>
    /// <param name="port">On which port.</param>
    public EgressReason? RefusalOf(EgressRules rules, string host, IPAddress address, int port)
    {
        var name = EgressName.Normalise(host);
        if (name is not null && rules.RefusalOfName(name, port) is { } refusal)
            return refusal;
        return RefusalOf(rules, address, port, named: name is not null, OwnAddresses().Contains(address));
    }

    // What the operator has not opened, no tenant's rule opens.
    private EgressReason? RefusalOf(EgressRules rules, IPAddress address, int port, bool named, bool own) =>
        (own || EgressAddress.ReservedRanges(address).Any()) && !special.Any(range => range.Contains(address))
            ? EgressReason.AddressReserved
            : rules.RefusalOfAddress(address, port, named, own);

    private HashSet<IPAddress> OwnAddresses() => ownAddresses().Select(EgressAddress.Canonical).ToHashSet();

    private async Task<EgressDial> Connect(EgressRules rules, IReadOnlyList<IPAddress> addresses, int port, bool named, CancellationToken cancellationToken)
    {
        var own = OwnAddresses();
        var reason = EgressReason.NameNotFound;
        foreach (var address in addresses.Select(EgressAddress.Canonical))
        {
            var refusal = RefusalOf(rules, address, port, named, own.Contains(address));
            if (refusal is null && await Open(address, port, cancellationToken) is { } socket)
                return new EgressDial(socket, address, null);
            reason = refusal ?? EgressReason.Unreachable;
        }
        return EgressDial.Refused(reason);
    }

    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "The caller has the socket that is returned.")]
    private static async Task<Socket?> Open(IPAddress address, int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new IPEndPoint(address, port), cancellationToken);
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
