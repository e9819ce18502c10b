using System.Text;
using Microsoft.Extensions.Logging;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Secrets.Redaction;
using Sandbox.Protocol;
using Sandbox.Runtime.Channel;

namespace Sandbox.Grains.Output;

/// <summary>
/// Takes the output of one execution from the agent into memory and, where it is long, into the store. Only what is
/// stored is acknowledged: what this process loses, the next one gets from the agent again.
/// </summary>
/// <param name="owner">Name under which the store keeps it.</param>
/// <param name="series">Upper half of the ids of its events: the attempt of a job, 0 for a step.</param>
/// <param name="store">The store.</param>
/// <param name="time">For the pauses between writes.</param>
/// <param name="logger">Where storage faults are told.</param>
/// <param name="window">Set where only the end of the output is kept.</param>
internal sealed partial class OutputRecorder(
    string owner, int series, IOutputStore store, TimeProvider time, ILogger logger, OutputWindow? window = null)
{
    private const int PageBytes = 1 << 20;
    private const int FlushBytes = 256 * 1024;
    private static readonly TimeSpan FlushInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    // Of what is kept with a window: what the store holds, by the count of its own trimming.
    private long _storedCost;

    /// <summary>What has come so far.</summary>
    public LiveOutput Live { get; } = new(series);

    /// <summary>Takes up what an earlier process had stored.</summary>
    public async Task Restore(CancellationToken cancellationToken)
    {
        var first = OutputEventIds.Output(series, 0);
        if (window is null)
            Live.Restore(await ReadStored(first, int.MaxValue, cancellationToken));
        else
            await RestoreEnd(first, cancellationToken);
    }

    /// <summary>
    /// Takes everything to the end. Output of short executions stays in memory, to be stored with their outcome in one
    /// write; of long ones it is stored while they run.
    /// </summary>
    /// <param name="exec">What runs.</param>
    /// <param name="secrets">What is to be masked now; null where there never is anything.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task Pump(IAgentExec exec, Func<SecretPatterns?>? secrets, CancellationToken cancellationToken)
    {
        // An agent that did not hear the last acknowledgement may hold as much as it can: it would wait for one, and this for output.
        if (Live.LastSequence > 0)
        {
            await FlushRest(cancellationToken);
            await exec.Acknowledge(Live.LastSequence, cancellationToken);
        }

        var flushed = time.GetTimestamp();
        if (secrets is null)
        {
            await foreach (var piece in exec.Output(cancellationToken))
            {
                Live.Add(piece);
                flushed = await StoreInTime(exec, flushed, cancellationToken);
            }
        }
        else
        {
            await foreach (var pieces in RedactedOutput.Of(exec.Output(cancellationToken), secrets, time, cancellationToken))
            {
                foreach (var piece in pieces)
                    Live.Add(piece);
                flushed = await StoreInTime(exec, flushed, cancellationToken);
            }
        }

        if (Live.UnstoredBytes > FlushBytes)
            await Flush(cancellationToken);
    }

    /// <summary>Adds what there is to say, as standard error, where nothing ran that could have said anything.</summary>
    public void Tell(string text) => Live.Add(new AgentOutput(Live.LastSequence + 1, OutputStream.Stderr, Encoding.UTF8.GetBytes(text)));

    /// <summary>Stores what is not stored yet.</summary>
    public Task FlushRest(CancellationToken cancellationToken) => Live.Unstored().Count > 0 ? Flush(cancellationToken) : Task.CompletedTask;

    /// <summary>
    /// Repeats a call of the storage until it succeeds: its fault is no fault of the code, which runs on, while the agent
    /// holds what is not acknowledged.
    /// </summary>
    public async Task<T> Insist<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await call();
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                LogStorageFailed(owner, e);
            }

            await Task.Delay(RetryDelay, time, cancellationToken);
        }
    }

    // Stores what has come, once that is much or some time has passed; when it last did.
    private async ValueTask<long> StoreInTime(IAgentExec exec, long flushed, CancellationToken cancellationToken)
    {
        if (Live.UnstoredBytes < FlushBytes && time.GetElapsedTime(flushed) < FlushInterval)
            return flushed;
        await Flush(cancellationToken);
        await exec.Acknowledge(Live.LastSequence, cancellationToken);
        return time.GetTimestamp();
    }

    private async Task Flush(CancellationToken cancellationToken)
    {
        var events = Live.Unstored();
        await Insist(
            async () =>
            {
                await store.Append(owner, events, cancellationToken);
                return true;
            },
            cancellationToken);
        Live.MarkStored(events);
        if (window is not null)
            await KeepEnd(window, events, cancellationToken);
    }

    private async Task KeepEnd(OutputWindow kept, IReadOnlyList<OutputEvent> stored, CancellationToken cancellationToken)
    {
        var bytes = CostOf(stored);
        _storedCost += bytes;
        Live.Forget(OutputWindow.MemoryBytes);
        if (_storedCost > kept.MostStoredBytes)
        {
            await Insist(
                async () =>
                {
                    await store.Trim(owner, kept.StoredBytes, cancellationToken);
                    return true;
                },
                cancellationToken);
            _storedCost = kept.StoredBytes;
        }

        if (kept.Pace.Count(bytes) is { } pause && pause > TimeSpan.Zero)
            await Task.Delay(pause, time, cancellationToken);
    }

    private async Task RestoreEnd(long first, CancellationToken cancellationToken)
    {
        for (var after = first; await ReadStored(after, PageBytes, cancellationToken) is { Count: > 0 } page; after = page[^1].Id)
        {
            _storedCost += CostOf(page);
            Live.Restore(page, whole: false);
            Live.Forget(OutputWindow.MemoryBytes);
        }

        Live.Restore([]);
    }

    private Task<IReadOnlyList<OutputEvent>> ReadStored(long after, int maxBytes, CancellationToken cancellationToken) =>
        Insist(() => store.Read(owner, after, maxBytes, cancellationToken), cancellationToken);

    private static long CostOf(IReadOnlyList<OutputEvent> events) => events.Sum(static entry => (long)entry.Data.Length + IOutputStore.EventCost);

    [LoggerMessage(Level = LogLevel.Error, Message = "Output of {Owner} could not be stored or read; trying again")]
    private partial void LogStorageFailed(string owner, Exception exception);
}
