using Sandbox.Grains.Abstractions;

namespace Sandbox.Api.Http;

/// <summary>
/// Waits for an end in rounds that a grain call may last. Ends early, with what there is, when the server stops, and
/// with a cancellation when the client is gone.
/// </summary>
internal sealed class LongPoll(TimeProvider time, IHostApplicationLifetime lifetime)
{
    /// <summary>Longest wait that a grain takes.</summary>
    public static readonly TimeSpan Round = TimeSpan.FromSeconds(10);

    /// <param name="get">Asks the grain, which waits for as long as it is told.</param>
    /// <param name="hasEnded">Whether there is nothing more to wait for.</param>
    /// <param name="wait">How long to wait in all.</param>
    /// <param name="gone">Says that the client has left.</param>
    public async Task<Reply<T>> ForEnd<T>(
        Func<TimeSpan, CancellationToken, Task<Reply<T>>> get, Func<T, bool> hasEnded, TimeSpan wait, CancellationToken gone)
        where T : class
    {
        if (wait <= TimeSpan.Zero)
            return await get(TimeSpan.Zero, gone);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(gone, lifetime.ApplicationStopping);
        try
        {
            return await Rounds(get, hasEnded, wait, either.Token);
        }
        catch (OperationCanceledException) when (!gone.IsCancellationRequested)
        {
            return await get(TimeSpan.Zero, gone);
        }
    }

    private async Task<Reply<T>> Rounds<T>(
        Func<TimeSpan, CancellationToken, Task<Reply<T>>> get, Func<T, bool> hasEnded, TimeSpan wait, CancellationToken cancellationToken)
        where T : class
    {
        var begin = time.GetTimestamp();
        while (true)
        {
            var left = wait - time.GetElapsedTime(begin);
            var round = left < Round ? left : Round;
            var reply = await get(round > TimeSpan.Zero ? round : TimeSpan.Zero, cancellationToken);
            if (reply.Value is not { } value || hasEnded(value) || left <= Round)
                return reply;
        }
    }
}
