using System.Runtime.CompilerServices;

namespace Sandbox.Client;

/// <summary>Events as callers see them.</summary>
internal static class Streaming
{
    /// <summary>What happens in something that ends.</summary>
    /// <param name="transport">Calls the server.</param>
    /// <param name="path">Where its events are.</param>
    /// <param name="after">Id of the last event that is known; null for all.</param>
    /// <param name="hasEnded">Asks whether it has ended.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async IAsyncEnumerable<OutputEvent> Follow(
        this Transport transport, string path, string? after, Func<CancellationToken, Task<bool>> hasEnded, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var events = transport.Events(path, after);
        events.HasEnded = hasEnded;
        await foreach (var item in events.Read(cancellationToken).ConfigureAwait(false))
            yield return new OutputEvent(item);
    }
}
