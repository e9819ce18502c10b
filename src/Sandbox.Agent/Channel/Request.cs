using System.Text.Json.Serialization.Metadata;
using Sandbox.Protocol;
using Sandbox.Protocol.Framing;

namespace Sandbox.Agent.Channel;

/// <summary>A channel that a request came on.</summary>
internal sealed record Request(string Verb, FrameReader Reader, FrameWriter Writer, CancellationToken Closed)
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

    /// <summary>Reads whatever comes until the host closes its side.</summary>
    public async Task Drain()
    {
        while (await Reader.Read(Closed) is not null)
        {
        }
    }
}
