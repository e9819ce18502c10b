using System.IO.Pipelines;
using System.Text.Json.Serialization.Metadata;
using Sandbox.Protocol;
using Sandbox.Protocol.Framing;

namespace Sandbox.Agent.Channel;

/// <summary>A channel that a request came on.</summary>
/// <param name="Verb">What is asked for.</param>
/// <param name="Reader">What the host sends.</param>
/// <param name="Writer">What it gets.</param>
/// <param name="Pipes">The channel's bytes, for a request that goes on without frames.</param>
/// <param name="Over">Completes when the channel is: also when the host gives the request up.</param>
/// <param name="Closed">Ends with the connection.</param>
internal sealed record Request(string Verb, FrameReader Reader, FrameWriter Writer, IDuplexPipe Pipes, Task Over, CancellationToken Closed)
{
    public ValueTask<T> Header<T>(JsonTypeInfo<T> type)
        where T : class => Reader.ExpectJson(type, Closed);

    public ValueTask Reply<T>(T value, JsonTypeInfo<T> type) => Writer.WriteJson(FrameType.Json, value, type, Closed);

    public ValueTask Done() => Reply(new Empty(), ProtocolJson.Default.Empty);

    public ValueTask Fail(string code, string message) =>
        Writer.WriteJson(FrameType.Error, new AgentError(code, message), ProtocolJson.Default.AgentError, Closed);

    /// <summary>Reads a body, piece by piece, until its end; an empty piece is the end.</summary>
    public async ValueTask<byte[]?> NextOfBody()
    {
        Frame frame = await Reader.Read(Closed) ?? throw new IOException("The host abandoned the body.");
        return frame.Type switch
        {
            FrameType.Data => frame.Payload,
            FrameType.End => null,
            _ => throw new ProtocolViolationException("A body was due."),
        };
    }

    /// <summary>Reads a body until a buffer is full or the body ends; the bytes read. Less than a full buffer is the end.</summary>
    public async ValueTask<int> FillFromBody(Memory<byte> buffer)
    {
        int filled = 0;
        while (filled < buffer.Length)
        {
            (int count, Frame? other) = await Reader.ReadBody(buffer[filled..], Closed);
            if (other is not null)
                throw new ProtocolViolationException("A body was due.");
            if (count == 0)
                break;
            filled += count;
        }

        return filled;
    }

    /// <summary>Reads whatever comes until the host closes its side: completes when it has given the request up.</summary>
    public async Task Drain(CancellationToken cancellationToken)
    {
        while (await Reader.Read(cancellationToken) is not null)
        {
        }
    }
}
