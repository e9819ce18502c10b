using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Sandbox.Grains.Abstractions.Artifacts;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Abstractions.Quotas;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Grains.Sessions.Steps;

/// <summary>
/// Output that is too long to be told with its step: of a stream that is longer than <see cref="SessionOptions.InlineOutputBytes"/>
/// the step shows the beginning, and all of it is kept as an artifact.
/// </summary>
internal sealed partial class StepOverflow(IArtifactStore store, IStorageQuota quota, IOptions<SessionOptions> options, ILogger<StepOverflow> logger)
{
    /// <summary>
    /// The step with the artifacts of its long streams, within the bytes that policy allows them together. A fault of the store, or a
    /// quota that is used up, costs the artifact, not the step.
    /// </summary>
    public async Task<StepRecord> Keep(
        string tenantId, StepRecord ended, IReadOnlyList<OutputEvent> output, long? permitted, CancellationToken cancellationToken)
    {
        var left = permitted ?? long.MaxValue;
        var kinds = new List<string>();
        foreach (var kind in new[] { OutputEventKinds.Stdout, OutputEventKinds.Stderr })
        {
            var length = LengthOf(output, kind);
            if (length <= options.Value.InlineOutputBytes || length > left)
                continue;
            kinds.Add(kind);
            left -= length;
        }

        if (kinds.Count == 0)
            return ended;
        try
        {
            // A process that was killed half-way may have stored some already.
            await store.DeleteOwned(tenantId, OwnerOf(ended), cancellationToken);
            var kept = new List<ArtifactInfo>();
            foreach (var kind in kinds)
            {
                await using var content = ContentOf(output, kind);
                using var room = quota.Enter(tenantId);
                kept.Add(await store.Put(tenantId, OwnerOf(ended), $"step-{ended.Sequence}.{kind}.txt", room.Meter(content), content.Length, cancellationToken));
            }

            return ended with { Artifacts = kept };
        }
        catch (Exception e) when (e is IOException or QuotaExceededException)
        {
            LogNotKept(ended.SessionId, ended.Sequence, e);
            return ended;
        }
    }

    /// <summary>Removes what the steps of a session have left.</summary>
    public Task Delete(string tenantId, string sessionId, CancellationToken cancellationToken) =>
        store.DeleteOwnedByParts(tenantId, sessionId, cancellationToken);

    private static string OwnerOf(StepRecord step) => FormattableString.Invariant($"{step.SessionId}.{step.Sequence}");

    private static long LengthOf(IReadOnlyList<OutputEvent> output, string kind) =>
        output.Where(entry => entry.Kind == kind).Sum(entry => (long)entry.Data.Length);

    private static MemoryStream ContentOf(IReadOnlyList<OutputEvent> output, string kind)
    {
        var content = new MemoryStream((int)LengthOf(output, kind));
        foreach (var entry in output.Where(entry => entry.Kind == kind))
            content.Write(entry.Data);
        content.Position = 0;
        return content;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Session {Session}, step {Step}: its long output could not be kept as an artifact")]
    private partial void LogNotKept(string session, long step, Exception exception);
}
