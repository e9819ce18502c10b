using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Nodes;
using Sandbox.Grains.Admission;

namespace Sandbox.Grains.Nodes;

/// <summary>Whether this node takes no new work. Known to the process from its start, and from the word of <see cref="NodeDirectory"/>.</summary>
internal sealed partial class NodeDrain(INodeStore store, IOptions<NodeOptions> options, TimeProvider time, ILogger<NodeDrain> logger)
{
    /// <summary>How long it takes at most until a process knows that could not be told.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(30);

    private volatile bool _isOn;

    /// <summary>Takes over what is durable.</summary>
    public async Task Load(CancellationToken cancellationToken) =>
        _isOn = (await store.ListDraining(cancellationToken)).ContainsKey(options.Value.Name);

    /// <summary>Looks again and again: who has changed it may have been killed before it could say so.</summary>
    public async Task Run(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
                await LoadAgain(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The node stops.
        }
    }

    /// <summary>Why new work is refused; null where it is not.</summary>
    public Refusal? Refuse() =>
        _isOn ? new Refusal(RefusalCodes.NodeDraining, $"Node {options.Value.Name} is to be empty and takes no new work.", null, RetryAfter) : null;

    private async Task LoadAgain(CancellationToken cancellationToken)
    {
        try
        {
            await Load(cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotRead(e);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Whether the node is to be empty could not be read")]
    private partial void LogNotRead(Exception exception);
}
