using System.Globalization;
using Sandbox.Api.Http;
using Sandbox.Api.Output;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Output;

namespace Sandbox.Api.Mcp.Calls;

/// <summary>
/// Waits for the end of what a call has started, tells how far it is, and stops it when the caller does not want it any more. When the
/// server stops, what was started goes on.
/// </summary>
internal sealed class Following(LongPoll waiting, TimeProvider time, IHostApplicationLifetime lifetime)
{
    /// <param name="call">The call.</param>
    /// <param name="get">Asks the grain, which waits for as long as it is told.</param>
    /// <param name="hasEnded">Whether there is nothing more to wait for.</param>
    /// <param name="events">Reads its output; null where there is none.</param>
    /// <param name="wait">How long to wait.</param>
    /// <param name="stop">Stops it.</param>
    public async Task<Reply<T>> ForEnd<T>(
        ToolCall call,
        Func<TimeSpan, CancellationToken, Task<Reply<T>>> get,
        Func<T, bool> hasEnded,
        OutputEventSource.Reader? events,
        TimeSpan wait,
        Func<Task>? stop = null)
        where T : class
    {
        try
        {
            call.Cancelled.ThrowIfCancellationRequested();
            return call.Progress is { } progress && wait > TimeSpan.Zero
                ? await Telling(progress, get, hasEnded, events, wait, call.Cancelled)
                : await waiting.ForEnd(get, hasEnded, wait, call.Cancelled);
        }
        catch (OperationCanceledException) when (call.Cancelled.IsCancellationRequested && stop is not null && !lifetime.ApplicationStopping.IsCancellationRequested)
        {
            await stop();
            throw;
        }
    }

    private async Task<Reply<T>> Telling<T>(
        ProgressTeller progress,
        Func<TimeSpan, CancellationToken, Task<Reply<T>>> get,
        Func<T, bool> hasEnded,
        OutputEventSource.Reader? events,
        TimeSpan wait,
        CancellationToken cancelled)
        where T : class
    {
        var (begin, told) = (time.GetTimestamp(), TimeSpan.Zero);
        var output = events is null ? null : new OutputCount(events);
        while (true)
        {
            var left = wait - time.GetElapsedTime(begin);
            var round = left < ProgressTeller.Interval ? left : ProgressTeller.Interval;
            var isLast = left <= TimeSpan.Zero || lifetime.ApplicationStopping.IsCancellationRequested
                || (output is not null && await output.ReadOn(round, cancelled));
            var reply = output is null || isLast
                ? await get(isLast && output is null ? TimeSpan.Zero : round > TimeSpan.Zero ? round : TimeSpan.Zero, cancelled)
                : null;
            if (isLast || reply?.Value is { } value && hasEnded(value) || reply?.Refusal is not null)
                return reply!;
            if (time.GetElapsedTime(begin) - told < ProgressTeller.Interval)
                continue;
            told = time.GetElapsedTime(begin);
            await progress.Tell(output?.Describe(told) ?? $"waiting for {Seconds(told)} s", cancelled);
        }
    }

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0", CultureInfo.InvariantCulture);

    /// <summary>How much has been printed.</summary>
    private sealed class OutputCount(OutputEventSource.Reader events)
    {
        private long _last;
        private long _lines;

        /// <summary>Reads on, waiting for more; true when nothing more will come.</summary>
        public async Task<bool> ReadOn(TimeSpan wait, CancellationToken cancellationToken)
        {
            if ((await events(_last, wait, cancellationToken)).Value is not { } page)
                return true;
            foreach (var item in page.Events)
            {
                _last = item.Id;
                if (item.Kind is OutputEventKinds.Stdout or OutputEventKinds.Stderr)
                    _lines += item.Data.AsSpan().Count((byte)'\n');
            }

            return page.Ended;
        }

        public string Describe(TimeSpan elapsed) => string.Create(CultureInfo.InvariantCulture, $"running for {Seconds(elapsed)} s, {_lines} lines of output");
    }
}
