using System.Runtime.CompilerServices;
using Sandbox.Protocol;
using Sandbox.Protocol.Framing;

namespace Sandbox.Runtime.Channel;

/// <summary>An execution that is attached to over one channel.</summary>
internal sealed class AgentExec : IAgentExec
{
    private readonly AgentRequest channel;
    private readonly Task sending;
    private readonly TaskCompletionSource<ExecResult> result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly OutputCheck check;
    private int enumerated;

    public AgentExec(AgentRequest channel, ExecRequest request, bool started, Task sending)
    {
        this.channel = channel;
        this.sending = sending;
        Started = started;
        check = new OutputCheck(request);
        // Awaited by whoever wants to know; nobody has to.
        _ = result.Task.ContinueWith(task => _ = task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
    }

    public bool Started { get; }

    public Task<ExecResult> Result => result.Task;

    public async IAsyncEnumerable<AgentOutput> Output([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref enumerated, 1) != 0)
            throw new InvalidOperationException("The output can be read once; attach again to read it again.");
        while (await Next(cancellationToken) is { } output)
            yield return output;
    }

    public async Task Acknowledge(long sequence, CancellationToken cancellationToken)
    {
        try
        {
            await channel.Writer.WriteAck(sequence, cancellationToken);
        }
        catch (Exception failure) when (AgentRequest.IsConnectionFailure(failure))
        {
            // After the end there is nothing to be acknowledged to.
            if (!result.Task.IsCompletedSuccessfully)
                throw Gone(failure);
        }
    }

    public async ValueTask DisposeAsync()
    {
        // Acknowledgements of the last output may still be on their way.
        if (result.Task.IsCompletedSuccessfully)
            await channel.Complete();
        else
            channel.Dispose();
        result.TrySetCanceled();
        await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task<AgentOutput?> Next(CancellationToken cancellationToken)
    {
        try
        {
            Frame frame = await channel.Reader.Read(cancellationToken) ?? throw new IOException("The agent closed the channel before the end.");
            switch (frame.Type)
            {
                case FrameType.Output:
                    return check.Accept(frame.Payload);
                case FrameType.Exit:
                    result.TrySetResult(FrameReader.ParseJson(frame.Payload, ProtocolJson.Default.ExecResult));
                    return null;
                default:
                    throw new ProtocolViolationException("Output was due.");
            }
        }
        catch (Exception failure) when (AgentRequest.IsConnectionFailure(failure))
        {
            AgentConnectionException gone = Gone(failure);
            result.TrySetException(gone);
            throw gone;
        }
    }

    private static AgentConnectionException Gone(Exception cause) => new("The connection to the agent is gone or broke the protocol.", cause);
}
