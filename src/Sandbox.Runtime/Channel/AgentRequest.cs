using System.Text.Json.Serialization.Metadata;
using Nerdbank.Streams;
using Sandbox.Protocol;
using Sandbox.Protocol.Framing;

namespace Sandbox.Runtime.Channel;

/// <summary>One request on a channel of its own. Disposing abandons it.</summary>
internal sealed class AgentRequest : IDisposable
{
    private readonly MultiplexingStream.Channel channel;

    private AgentRequest(MultiplexingStream.Channel channel)
    {
        this.channel = channel;
        Reader = new FrameReader(channel.Input);
        Writer = new FrameWriter(channel.Output);
    }

    public FrameReader Reader { get; }

    public FrameWriter Writer { get; }

    public static async Task<AgentRequest> Open(MultiplexingStream mux, string verb, CancellationToken cancellationToken)
    {
        try
        {
            return new AgentRequest(await mux.OfferChannelAsync(verb, cancellationToken));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException("The connection ended before the agent took the request.");
        }
    }

    /// <summary>True for what a broken connection, or an agent that does not keep to the protocol, throws.</summary>
    public static bool IsConnectionFailure(Exception failure) =>
        failure is ProtocolViolationException or MultiplexingProtocolException or IOException or ObjectDisposedException or InvalidOperationException;

    public ValueTask Send<T>(T header, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        Writer.WriteJson(FrameType.Json, header, type, cancellationToken);

    /// <summary>Sends a stream as a body.</summary>
    public async Task SendBody(Stream content, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[FrameWriter.BodyFrameBytes];
        while (await content.ReadAsync(buffer, cancellationToken) is > 0 and int length)
            await Writer.Write(FrameType.Data, buffer.AsMemory(0, length), cancellationToken);
        await Writer.Write(FrameType.End, default, cancellationToken);
    }

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

    /// <summary>The answer to a body that is still being sent, or why it could not be sent.</summary>
    public async Task<T> AnswerOrFailureOf<T>(Task sending, JsonTypeInfo<T> type, CancellationToken cancellationToken)
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
