using Sandbox.Agent.Egress;
using Sandbox.Agent.Files;
using Sandbox.Agent.Loop;
using Sandbox.Protocol;

namespace Sandbox.Agent.Channel;

/// <summary>
/// The time in which a sandbox is saved with its memory. No socket of the host's may be open then: gVisor cannot save one,
/// and ends the sandbox in the attempt. How it went on, restored here or elsewhere or never saved, is told by a file.
/// </summary>
internal sealed class Quiescence(string folder, AgentToken token, EventLoop loop, FileThread files, EgressListener egress)
{
    private const double MostSeconds = 300;

    // Whoever restores the sandbox waits for the next look.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan HostPatience = TimeSpan.FromSeconds(1);

    private readonly string resume = Path.Combine(folder, AgentProtocol.ResumeFile);
    private volatile TaskCompletionSource<TimeSpan> asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the host has asked for it, with the longest time that it may last.</summary>
    public Task<TimeSpan> Asked => asked.Task;

    public async Task Serve(Request request)
    {
        QuiesceRequest wanted = await request.Header(ProtocolJson.Default.QuiesceRequest);
        if (wanted.Seconds is not (>= 0 and <= MostSeconds))
            throw new RequestException(AgentErrors.Invalid, $"It lasts 0 to {MostSeconds} seconds.");
        if (wanted.RefuseTcpWaits && await files.Run(TcpWaits.Exist))
            throw new RequestException(AgentErrors.Busy, "A process waits for TCP connections by epoll, which this release of gVisor cannot save.");
        // What is there now is left over from an earlier time.
        File.Delete(resume);
        await request.Done();
        await HostHasRead(request);
        asked.TrySetResult(TimeSpan.FromSeconds(wanted.Seconds));
    }

    /// <summary>Begins it: time limits and the deadline stand still, and the way out is closed.</summary>
    public async Task Begin()
    {
        asked = new TaskCompletionSource<TimeSpan>(TaskCreationOptions.RunContinuationsAsynchronously);
        await loop.HoldTimers(true);
        egress.Suspend();
    }

    /// <summary>Completes when the host says to go on, or after a time without a word of it.</summary>
    public async Task Over(TimeSpan most)
    {
        long end = Environment.TickCount64 + (long)most.TotalMilliseconds;
        while (true)
        {
            // Asked first: a sandbox that was restored finds that its time is up, and the file as well.
            bool late = Environment.TickCount64 >= end;
            if (GoesOn() || late)
                return;
            await Task.Delay(Pause);
        }
    }

    /// <summary>Ends it.</summary>
    public async Task End()
    {
        egress.Resume();
        await loop.HoldTimers(false);
    }

    // The connection is about to be closed: the answer would be lost with it.
    private static async Task HostHasRead(Request request)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(request.Closed);
        patience.CancelAfter(HostPatience);
        await request.Drain(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private bool GoesOn()
    {
        if (!File.Exists(resume))
            return false;
        byte[] given = File.ReadAllBytes(resume);
        if (given.Length is > 0 and <= AgentToken.MostBytes)
            token.Replace(given);
        File.Delete(resume);
        return true;
    }
}
