using System.IO.Pipelines;
using System.Text.Json.Serialization.Metadata;
using Nerdbank.Streams;
using Sandbox.Protocol;
using Sandbox.Protocol.Framing;

namespace Sandbox.Runtime.Channel;

/// <summary>One request on a channel of its own. Disposing abandons it.</summary>
internal sealed class AgentRequest : IDisposable
{
    private const int PieceBytes = 256 * 1024;

    // An agent that has not even taken a request by then takes none any more.
    private static readonly TimeSpan LongestOffer = TimeSpan.FromSeconds(30);

    private readonly MultiplexingStream.Channel channel;

    private AgentRequest(MultiplexingStream.Channel channel)
    {
        this.channel = channel;
        Reader = new FrameReader(channel.Input);
        Writer = new FrameWriter(channel.Output);
    }

    public FrameReader Reader { get; }

    public FrameWriter Writer { get; }

    /// <summary>The channel's bytes, where a request goes on without frames.</summary>
    public IDuplexPipe Pipes => channel;

    /// <summary>Completes when both sides have ended theirs and all has been sent, or the channel was cut.</summary>
    public Task Over => channel.Completion;

    public static async Task<AgentRequest> Open(MultiplexingStream mux, string verb, CancellationToken cancellationToken)
    {
        // To take back an offer that the agent may be about to accept would cost the connection: it is given up when it is open.
        Task<MultiplexingStream.Channel> offer = mux.OfferChannelAsync(verb, CancellationToken.None);
        try
        {
            return new AgentRequest(await offer.WaitAsync(cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            _ = GiveUp(mux, offer);
            throw;
        }
        catch (OperationCanceledException)
        {
            throw new IOException("The connection ended before the agent took the request.");
        }
    }

    // A hostile agent leaves offers open to fill the node's memory: they end with the connection.
    private static async Task GiveUp(MultiplexingStream mux, Task<MultiplexingStream.Channel> offer)
    {
        try
        {
            (await offer.WaitAsync(LongestOffer)).Dispose();
        }
        catch (TimeoutException)
        {
            await mux.DisposeAsync();
        }
        catch (Exception)
        {
            // The connection ended, and the offer with it.
        }
    }

    /// <summary>
    /// Runs a request; an <see cref="AgentConnectionException"/> for what a broken connection throws. Once the protocol was
    /// broken, the agent is not to be believed in anything, and the connection ends.
    /// </summary>
    public static async Task<T> Guard<T>(MultiplexingStream mux, Func<Task<T>> request)
    {
        try
        {
            return await request();
        }
        catch (Exception failure) when (IsConnectionFailure(failure) || (failure is OperationCanceledException && mux.Completion.IsCompleted))
        {
            if (failure is ProtocolViolationException)
                _ = mux.DisposeAsync().AsTask();
            throw new AgentConnectionException("The connection to the agent is gone or broke the protocol.", failure);
        }
    }

    /// <summary>True for what a broken connection, or an agent that does not keep to the protocol, throws.</summary>
    public static bool IsConnectionFailure(Exception failure) =>
        failure is ProtocolViolationException or MultiplexingProtocolException or IOException or ObjectDisposedException or InvalidOperationException;

    public ValueTask Send<T>(T header, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        Writer.WriteJson(FrameType.Json, header, type, cancellationToken);

    /// <summary>The answer; an <see cref="AgentRequestException"/> where it is a refusal.</summary>
    public async Task<T> Answer<T>(JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        Frame frame = await Reader.Read(cancellationToken) ?? throw new IOException("The agent closed the channel without an answer.");
        return frame.Type switch
        {
            FrameType.Json => FrameReader.ParseJson(frame.Payload, type),
            FrameType.Error => throw Refusal(frame),
            _ => throw new ProtocolViolationException("An answer was due."),
        };
    }

    /// <summary>Sends a stream as a body and gives the answer to it, or why it could not be sent.</summary>
    public async Task<T> AnswerTo<T>(Stream content, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        using var answered = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task sending = SendBody(content, answered.Token);
        try
        {
            // A refusal (a full disk) comes before the end of the body.
            return await AnswerOrFailureOf(sending, type, cancellationToken);
        }
        finally
        {
            await answered.CancelAsync();
            await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Sends a stream as a body.</summary>
    private async Task SendBody(Stream content, CancellationToken cancellationToken)
    {
        byte[] buffer = GC.AllocateUninitializedArray<byte>(PieceBytes);
        while (await ReadContent(content, buffer, cancellationToken) is > 0 and int length)
            await Writer.Write(FrameType.Data, buffer.AsMemory(0, length), cancellationToken);
        await Writer.Write(FrameType.End, default, cancellationToken);
    }

    private async Task<T> AnswerOrFailureOf<T>(Task sending, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        Task<T> answer = Answer(type, cancellationToken);
        // The content's own failure ends the request; that the agent stopped reading only means that it has answered.
        if (await Task.WhenAny(answer, sending) == sending && sending.IsFaulted && !IsConnectionFailure(sending.Exception!.InnerException!))
        {
            channel.Dispose();
            await ((Task)answer).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await sending;
        }

        return await answer;
    }

    // What the content throws must not pass for a failure of the connection.
    private static async ValueTask<int> ReadContent(Stream content, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await content.ReadAsync(buffer, cancellationToken);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            throw new FileContentException(failure);
        }
    }

    public static AgentRequestException Refusal(Frame frame)
    {
        AgentError error = FrameReader.ParseJson(frame.Payload, ProtocolJson.Default.AgentError);
        return new AgentRequestException(error.Code ?? AgentErrors.Io, error.Message ?? "");
    }

    /// <summary>Ends the request in good order: what was written before still arrives.</summary>
    public async ValueTask Complete()
    {
        await Writer.Complete();
        await channel.Input.CompleteAsync();
    }

    public void Dispose() => channel.Dispose();
}
