using Microsoft.Extensions.Options;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Nodes;
using Sandbox.Grains.Admission;

namespace Sandbox.Grains.Nodes;

/// <summary>Whether this node takes no new work. Known to the process from its start, and from the word of <see cref="NodeDirectory"/>.</summary>
internal sealed class NodeDrain(INodeStore store, IOptions<NodeOptions> options)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(30);

    private volatile bool _isOn;

    /// <summary>Takes over what is durable.</summary>
    public async Task Load(CancellationToken cancellationToken) =>
        _isOn = (await store.ListDraining(cancellationToken)).ContainsKey(options.Value.Name);

    /// <summary>Why new work is refused; null where it is not.</summary>
    public Refusal? Refuse() =>
        _isOn ? new Refusal(RefusalCodes.NodeDraining, $"Node {options.Value.Name} is to be empty and takes no new work.", null, RetryAfter) : null;
}
