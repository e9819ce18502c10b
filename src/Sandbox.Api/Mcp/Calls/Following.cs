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
    /// <param name="started">What is answered where the wait fails: it runs on, and its handle must not be lost. Null to fail.</param>
    public async Task<Reply<T>> ForEnd<T>(
        ToolCall call,
        Func<TimeSpan, CancellationToken, Task<Reply<T>>> get,
        Func<T, bool> hasEnded,
        OutputEventSource.Reader? events,
        TimeSpan wait,
        Func<Task>? stop = null,
        T? started = null)
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
        catch (Exception exception) when (started is not null && FaultHandler.IsTransient(exception))
        {
            return started;
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
        var begin = time.GetTimestamp();
        var output = events is null ? null : new OutputCount(events);
        using var stopped = CancellationTokenSource.CreateLinkedTokenSource(cancelled);
        var end = waiting.ForEnd(get, hasEnded, wait, stopped.Token);
        try
        {
            while (await Task.WhenAny(end, Task.Delay(ProgressTeller.Interval, time, stopped.Token)) != end)
            {
                cancelled.ThrowIfCancellationRequested();
                if (output is not null)
                    await output.ReadOn(cancelled);
                var told = time.GetElapsedTime(begin);
                await progress.Tell(output?.Describe(told) ?? $"waiting for {Seconds(told)} s", cancelled);
            }

            return await end;
        }
        finally
        {
            await stopped.CancelAsync();
            await end.ContinueWith(static _ => { }, TaskScheduler.Default);
        }
    }

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0", CultureInfo.InvariantCulture);

    /// <summary>How much has been printed.</summary>
    private sealed class OutputCount(OutputEventSource.Reader events)
    {
        private long _last;
        private long _lines;

        /// <summary>Counts a page of what has come since. Each read goes through all that there is, and so there is one for each word to the client.</summary>
        public async Task ReadOn(CancellationToken cancellationToken)
        {
            if ((await events(_last, TimeSpan.Zero, cancellationToken)).Value is not { } page)
                return;
            foreach (var item in page.Events)
            {
                _last = item.Id;
                if (item.Kind is OutputEventKinds.Stdout or OutputEventKinds.Stderr)
                    _lines += item.Data.AsSpan().Count((byte)'\n');
            }
        }

        public string Describe(TimeSpan elapsed) => string.Create(CultureInfo.InvariantCulture, $"running for {Seconds(elapsed)} s, {_lines} lines of output");
    }
}
