using Sandbox.Api.Output;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Api.E2b.Envd;

/// <summary>What happens in a folder, as a stream, until the folder or the sandbox is gone.</summary>
/// <param name="watch">The watch.</param>
/// <param name="folder">The folder, as the client calls it.</param>
/// <param name="frames">Where it is written.</param>
/// <param name="entries">Describes what has changed; null where the client does not want it.</param>
/// <param name="stat">Looks at a path.</param>
/// <param name="time">The time.</param>
internal sealed class WatchStream(
    SessionWatch watch, string folder, FrameWriter frames, Entries? entries, Func<string, Task<Reply<SessionFile>>> stat, TimeProvider time)
{
    private static readonly WatchNothing Nothing = new();

    private Task _waiting = Task.CompletedTask;

    public async Task Run(HttpContext context)
    {
        using var either = ServerSentEvents.Lifetime(context);
        var period = Keepalive.Of(context.Request);
        await frames.Message(new WatchFrame(Start: Nothing), E2bJson.Default.WatchFrame, either.Token);
        await using var changes = watch.Changes.GetAsyncEnumerator(either.Token);
        var next = changes.MoveNextAsync().AsTask();
        try
        {
            await Follow(changes, next, period, either.Token);
        }
        finally
        {
            // Changes that are still waited for have to be given up before they can be let go.
            await either.CancelAsync();
            await _waiting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task Follow(IAsyncEnumerator<FileChange> changes, Task<bool> next, TimeSpan period, CancellationToken cancellationToken)
    {
        while (true)
        {
            _waiting = next;
            // Given up with each change: programs inside make as many of these as they like.
            using var quiet = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var pause = next.IsCompleted ? null : Task.Delay(period, time, quiet.Token);
            if (pause is not null && await Task.WhenAny(next, pause) == pause)
            {
                await pause;
                await frames.Message(new WatchFrame(Keepalive: Nothing), E2bJson.Default.WatchFrame, cancellationToken);
                continue;
            }

            await quiet.CancelAsync();
            if (!await next)
                break;
            await Tell(changes.Current, cancellationToken);
            next = changes.MoveNextAsync().AsTask();
        }

        await frames.End(null, cancellationToken);
    }

    private async Task Tell(FileChange change, CancellationToken cancellationToken)
    {
        switch (change.Kind)
        {
            case "created":
                await Tell(change.Path, "EVENT_TYPE_CREATE", cancellationToken);
                break;
            case "modified":
                await Tell(change.Path, "EVENT_TYPE_WRITE", cancellationToken);
                break;
            case "deleted":
                await Tell(change.Path, "EVENT_TYPE_REMOVE", cancellationToken);
                break;
            case "moved":
                await Tell(change.From ?? change.Path, "EVENT_TYPE_RENAME", cancellationToken);
                await Tell(change.Path, "EVENT_TYPE_CREATE", cancellationToken);
                break;
            default:
                throw new ConnectException(Connect.Unavailable, "More has changed than could be told: list the folder.");
        }
    }

    private async Task Tell(string name, string type, CancellationToken cancellationToken)
    {
        var absolute = $"{folder}/{name}";
        var entry = entries is not null && (await stat(absolute)).Value is { } file ? await entries.Of(absolute, file) : null;
        await frames.Message(new WatchFrame(Filesystem: new WatchEvent(name, type, entry)), E2bJson.Default.WatchFrame, cancellationToken);
    }
}
