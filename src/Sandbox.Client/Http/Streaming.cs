using System.Runtime.CompilerServices;

namespace Sandbox.Client;

/// <summary>Events as callers see them.</summary>
internal static class Streaming
{
    public static async IAsyncEnumerable<OutputEvent> Follow(
        this Transport transport, string path, string? after, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var item in transport.Events(path, after).Read(cancellationToken).ConfigureAwait(false))
            yield return new OutputEvent(item);
    }
}
