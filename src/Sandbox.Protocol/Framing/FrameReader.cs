using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Sandbox.Protocol.Framing;

/// <summary>
/// Reads frames from a channel: one byte <see cref="FrameType"/>, four bytes length (big endian), the payload.
/// One reader at a time.
/// </summary>
/// <param name="input">The channel.</param>
/// <param name="maxFrameBytes">Longest payload to accept; a longer one is a <see cref="ProtocolViolationException"/>.</param>
public sealed class FrameReader(PipeReader input, int maxFrameBytes = AgentProtocol.MaxFrameBytes)
{
    internal const int HeaderBytes = 5;

    /// <summary>The next frame; null at the end of the channel.</summary>
    public async ValueTask<Frame?> Read(CancellationToken cancellationToken)
    {
        ReadResult result = await input.ReadAtLeastAsync(HeaderBytes, cancellationToken);
        if (result.Buffer.Length < HeaderBytes)
        {
            bool clean = result.Buffer.IsEmpty;
            input.AdvanceTo(result.Buffer.End);
            return clean ? null : throw new ProtocolViolationException("The channel ended within a frame.");
        }

        (FrameType type, int length) = ParseHeader(result.Buffer);
        input.AdvanceTo(result.Buffer.GetPosition(HeaderBytes));
        return new Frame(type, length == 0 ? [] : await ReadPayload(length, cancellationToken));
    }

    /// <summary>The next frame, which has to be of a type.</summary>
    public async ValueTask<byte[]> Expect(FrameType type, CancellationToken cancellationToken)
    {
        Frame frame = await Read(cancellationToken) ?? throw new ProtocolViolationException("The channel ended early.");
        return frame.Type == type ? frame.Payload : throw new ProtocolViolationException("A frame of another type was due.");
    }

    /// <summary>The next frame, which has to be JSON.</summary>
    public async ValueTask<T> ExpectJson<T>(JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class => ParseJson(await Expect(FrameType.Json, cancellationToken), type);

    /// <summary>Parses the payload of a frame.</summary>
    public static T ParseJson<T>(byte[] payload, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(payload, type) ?? throw new ProtocolViolationException("A message is null.");
        }
        catch (JsonException)
        {
            throw new ProtocolViolationException("A message is not the JSON that was due.");
        }
    }

    // Consumed as it arrives: a frame may be longer than the window of the channel.
    private async ValueTask<byte[]> ReadPayload(int length, CancellationToken cancellationToken)
    {
        byte[] payload = GC.AllocateUninitializedArray<byte>(length);
        int filled = 0;
        while (filled < length)
        {
            ReadResult result = await input.ReadAsync(cancellationToken);
            ReadOnlySequence<byte> part = result.Buffer.Slice(0, Math.Min(result.Buffer.Length, length - filled));
            part.CopyTo(payload.AsSpan(filled));
            filled += (int)part.Length;
            input.AdvanceTo(part.End);
            if (filled < length && (result.IsCompleted || result.IsCanceled))
                throw new ProtocolViolationException("The channel ended within a frame.");
        }

        return payload;
    }

    private (FrameType Type, int Length) ParseHeader(ReadOnlySequence<byte> buffer)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        buffer.Slice(0, HeaderBytes).CopyTo(header);
        uint length = BinaryPrimitives.ReadUInt32BigEndian(header[1..]);
        if (length > (uint)maxFrameBytes)
            throw new ProtocolViolationException("A frame is too long.");
        return ((FrameType)header[0], (int)length);
    }
}
