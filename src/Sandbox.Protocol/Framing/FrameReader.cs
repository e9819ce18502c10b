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

    // Of a Data frame that ReadBody has begun.
    private int leftOfData;

    /// <summary>The next frame; null at the end of the channel.</summary>
    public async ValueTask<Frame?> Read(CancellationToken cancellationToken) =>
        await ReadHeader(cancellationToken) is var (type, length) ? new Frame(type, length == 0 ? [] : await ReadPayload(length, cancellationToken)) : null;

    /// <summary>
    /// Reads bytes of a body straight into a buffer: what there is of its <see cref="FrameType.Data"/> frames, at least one
    /// byte; none at its end. Where another frame comes, that frame, which ends the body, too.
    /// </summary>
    /// <exception cref="IOException">The channel was closed within the body.</exception>
    public async ValueTask<(int Count, Frame? Other)> ReadBody(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (leftOfData == 0)
        {
            (FrameType type, int length) = await ReadHeader(cancellationToken) ?? throw new IOException("The channel was closed within a body.");
            if (type == FrameType.End && length == 0)
                return (0, null);
            if (type != FrameType.Data)
                return (0, new Frame(type, await ReadPayload(length, cancellationToken)));
            leftOfData = length;
        }

        int count = await ReadSome(buffer[..Math.Min(buffer.Length, leftOfData)], cancellationToken);
        leftOfData -= count;
        return (count, null);
    }

    private async ValueTask<(FrameType Type, int Length)?> ReadHeader(CancellationToken cancellationToken)
    {
        ReadResult result = await input.ReadAtLeastAsync(HeaderBytes, cancellationToken);
        if (result.Buffer.Length < HeaderBytes)
        {
            bool clean = result.Buffer.IsEmpty;
            input.AdvanceTo(result.Buffer.End);
            return clean ? null : throw new IOException("The channel was closed within a frame.");
        }

        (FrameType Type, int Length) header = ParseHeader(result.Buffer);
        input.AdvanceTo(result.Buffer.GetPosition(HeaderBytes));
        return header;
    }

    /// <summary>The next frame, which has to be of a type.</summary>
    /// <exception cref="IOException">The channel was closed: whoever may give a request up may do so at any moment.</exception>
    public async ValueTask<byte[]> Expect(FrameType type, CancellationToken cancellationToken)
    {
        Frame frame = await Read(cancellationToken) ?? throw new IOException("The channel was closed early.");
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
            filled += await ReadSome(payload.AsMemory(filled), cancellationToken);
        return payload;
    }

    private async ValueTask<int> ReadSome(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        ReadResult result = await input.ReadAsync(cancellationToken);
        int count = (int)Math.Min(result.Buffer.Length, buffer.Length);
        result.Buffer.Slice(0, count).CopyTo(buffer.Span);
        input.AdvanceTo(result.Buffer.GetPosition(count));
        if (count < buffer.Length && (result.IsCompleted || result.IsCanceled))
            throw new IOException("The channel was closed within a frame.");
        return count;
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
