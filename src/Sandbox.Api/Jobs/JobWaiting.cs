using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Jobs;

/// <summary>
/// Waits for a job's end in rounds that a grain call may last. Ends early, with the job as it stands, when the server
/// stops, and with a cancellation when the client is gone.
/// </summary>
internal sealed class JobWaiting(TimeProvider time, IHostApplicationLifetime lifetime)
{
    /// <summary>Longest wait that a grain takes.</summary>
    public static readonly TimeSpan Round = TimeSpan.FromSeconds(10);

    public async Task<Reply<JobView>> ForEnd(IJobGrain grain, Caller caller, TimeSpan wait, CancellationToken gone)
    {
        if (wait <= TimeSpan.Zero)
            return await grain.Get(caller, TimeSpan.Zero, gone);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(gone, lifetime.ApplicationStopping);
        try
        {
            return await Rounds(grain, caller, wait, either.Token);
        }
        catch (OperationCanceledException) when (!gone.IsCancellationRequested)
        {
            return await grain.Get(caller, TimeSpan.Zero, gone);
        }
    }

    private async Task<Reply<JobView>> Rounds(IJobGrain grain, Caller caller, TimeSpan wait, CancellationToken cancellationToken)
    {
        var begin = time.GetTimestamp();
        while (true)
        {
            var left = wait - time.GetElapsedTime(begin);
            var round = left < Round ? left : Round;
            var reply = await grain.Get(caller, round > TimeSpan.Zero ? round : TimeSpan.Zero, cancellationToken);
            if (reply.Value is not { HasEnded: false } || left <= Round)
                return reply;
        }
    }
}
