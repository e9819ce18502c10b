using System.Globalization;
using System.Text;
using Sandbox.Egress;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Secrets;
using Sandbox.Grains.Audit;
using Sandbox.Grains.Secrets.Redaction;
using Sandbox.Runtime;
using Sandbox.Runtime.Channel;
using Sandbox.Protocol;

namespace Sandbox.Grains.Secrets;

/// <summary>
/// The secrets of one sandbox as this process knows them. Values are read when something starts, and are nowhere but in memory;
/// of what was read once, all is masked for as long as the sandbox is this process's, also when it was removed meanwhile.
/// </summary>
/// <param name="owner">For whom the sandbox works.</param>
/// <param name="names">What was asked for; null for nothing.</param>
/// <param name="store">Where they are.</param>
/// <param name="audit">Where their use is recorded.</param>
internal sealed class SandboxSecrets(EgressOwner owner, IReadOnlyList<string>? names, ISecretStore store, IAuditLog audit)
{
    private const int DefaultPort = 443;
    // Beyond it the present values come first; what cannot be masked is not given either.
    private const int MostMasked = 2 * ISecretStore.MostOfSandbox;

    private static readonly string Mask = Encoding.UTF8.GetString(SecretPatterns.Mask);

    private const int OwnerReads = 0b100_000_000;

    private readonly IReadOnlyList<string> _names = [.. (names ?? []).Distinct(StringComparer.Ordinal)];
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Name, int Version), OpenSecret> _known = [];
    private readonly HashSet<(string Name, int Version, string? Host)> _used = [];
    private IReadOnlyCollection<string> _placed = [];
    private volatile SecretPatterns? _patterns;

    /// <summary>What is to be masked; null where there is nothing.</summary>
    public SecretPatterns? Patterns => _patterns;

    /// <summary>What is to be masked at any time; null where there never is anything.</summary>
    public Func<SecretPatterns?>? Masked => _names.Count == 0 ? null : () => _patterns;

    /// <summary>Names that were asked for.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>The present values of those that are there and that the permit has, and none other; what has to be masked is known then.</summary>
    public async Task<IReadOnlyList<OpenSecret>> Open(EffectivePermit permit, CancellationToken cancellationToken)
    {
        if (_names.Count == 0)
            return [];
        var kept = await store.Open(owner.TenantId, _names, cancellationToken);
        Learn(kept);
        lock (_lock)
            return [.. kept.DistinctBy(secret => secret.Info.Name).Where(secret => IsKnown(secret) && permit.Secrets.Contains(secret.Info.Name, StringComparer.Ordinal))];
    }

    /// <summary>Gives them to what starts now: files are in their places, and all of it is on the record.</summary>
    /// <exception cref="AgentConnectionException">The connection is gone.</exception>
    /// <exception cref="AgentRequestException">A file cannot be written.</exception>
    public async Task<InjectedSecrets> Inject(SandboxHandle sandbox, EffectivePermit permit, CancellationToken cancellationToken)
    {
        if (_names.Count == 0)
            return InjectedSecrets.None;
        var open = await Open(permit, cancellationToken);
        foreach (var secret in open.Where(secret => secret.Info.Kind != SecretKinds.Header))
            await Record(secret.Info, host: null, cancellationToken);
        var injected = InjectedSecrets.Of(open);
        await Place(sandbox.Agent, injected, open.Select(static secret => secret.Info.Name), cancellationToken);
        return injected;
    }

    /// <summary>What a host is to be sent of them, which is on the record before; null where it is nothing.</summary>
    /// <param name="host">The host's name.</param>
    /// <param name="port">The port on which it speaks TLS.</param>
    /// <param name="permit">What the sandbox may have now.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<BrokeredHeaders?> HeadersFor(string host, int port, EffectivePermit permit, CancellationToken cancellationToken)
    {
        if (_names.Count == 0)
            return null;
        var target = port == DefaultPort ? host : string.Create(CultureInfo.InvariantCulture, $"{host}:{port}");
        // Every plain request of a program comes here: no value is read for one that gets none.
        if (!await IsAnyFor(target, cancellationToken))
            return null;
        var bound = (await Open(permit, cancellationToken)).Where(secret => IsFor(target, secret.Info)).ToList();
        if (bound.Count == 0)
            return null;
        foreach (var secret in bound)
            await Record(secret.Info, target, cancellationToken);
        return new BrokeredHeaders([.. bound.Select(HeaderOf)], text => Patterns.Mask(text));
    }

    /// <summary>
    /// The name of a host or package, as programs chose it, without values: such names are compared without regard to case, and pip
    /// takes some signs in them for others.
    /// </summary>
    public string MaskName(string name)
    {
        List<string> values;
        lock (_lock)
            values = [.. _known.Values.Select(static secret => Encoding.UTF8.GetString(secret.Value.Span).Trim())];
        foreach (var value in values.SelectMany(static value => new[] { value, value.Replace('_', '-').Replace('.', '-') }))
        {
            if (value.Length >= ISecretStore.ShortestValue)
                name = name.Replace(value, Mask, StringComparison.OrdinalIgnoreCase);
        }

        return name;
    }

    private async ValueTask<bool> IsAnyFor(string target, CancellationToken cancellationToken)
    {
        foreach (var name in _names)
        {
            if (await store.Find(owner.TenantId, name, cancellationToken) is { } info && IsFor(target, info))
                return true;
        }

        return false;
    }

    private static bool IsFor(string target, SecretInfo secret) =>
        secret.Kind == SecretKinds.Header && secret.Hosts.Contains(target, StringComparer.Ordinal);

    private bool IsKnown(OpenSecret secret) => _known.ContainsKey((secret.Info.Name, secret.Info.Version));

    private static KeyValuePair<string, string> HeaderOf(OpenSecret secret) => new(
        secret.Info.HeaderName!, secret.Info.HeaderTemplate!.Replace(SecretKinds.HeaderPlace, Encoding.ASCII.GetString(secret.Value.Span), StringComparison.Ordinal));

    // The first time of each version, and of each host, here.
    private async Task Record(SecretInfo secret, string? host, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_used.Contains((secret.Name, secret.Version, host)))
                return;
        }

        await audit.Append(
            AuditEvent.OfItself(owner.TenantId, owner.AgentId, AuditActions.SecretUsed, new AuditResource(AuditResourceTypes.Secret, secret.Name), AuditOutcomes.Allowed)
                .With(("version", secret.Version.ToString(CultureInfo.InvariantCulture)), ("kind", secret.Kind), ("for", EgressAudit.Resource(owner).Id), ("host", host)),
            cancellationToken);
        lock (_lock)
            _used.Add((secret.Name, secret.Version, host));
    }

    private void Learn(IReadOnlyList<OpenSecret> secrets)
    {
        lock (_lock)
        {
            var before = _known.Count;
            var left = MostMasked - _known.Values.Sum(static secret => secret.Value.Length);
            // Of each the present version first, then the one before it.
            var byAge = secrets.GroupBy(static secret => secret.Info.Name).SelectMany(static versions => versions.Index()).OrderBy(static version => version.Index);
            foreach (var (_, secret) in byAge)
            {
                if (secret.Value.Length <= left && _known.TryAdd((secret.Info.Name, secret.Info.Version), secret))
                    left -= secret.Value.Length;
            }

            if (_known.Count > before)
                _patterns = SecretPatterns.Of(_known.Values.Select(secret => secret.Value));
        }
    }

    private async Task Place(IAgentClient agent, InjectedSecrets injected, IEnumerable<string> present, CancellationToken cancellationToken)
    {
        foreach (var (path, value) in injected.Files)
            await agent.WriteFile(new WriteFileRequest(path, OwnerReads), new MemoryStream(value.ToArray(), writable: false), cancellationToken);
        foreach (var gone in _placed.Concat(_names.Except(present).Select(InjectedSecrets.PathOf)).Except(injected.Files.Keys))
            await Remove(agent, gone, cancellationToken);
        _placed = [.. injected.Files.Keys];
    }

    private static async Task Remove(IAgentClient agent, string path, CancellationToken cancellationToken)
    {
        try
        {
            await agent.Remove(new RemoveRequest(path, Recursive: false), cancellationToken);
        }
        catch (AgentRequestException)
        {
            // It never was there, or what runs inside has made something else of it.
        }
    }
}
