using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Sandbox.Protocol.Framing;

/// <summary>Single frames on a stream that carries something else afterwards: not a byte more is read than the frame has.</summary>
public static class StreamFrames
{
    /// <summary>Writes a frame of JSON.</summary>
    public static async Task WriteJson<T>(Stream stream, FrameType type, T value, JsonTypeInfo<T> json, CancellationToken cancellationToken)
    {
        byte[] payload = JsonSerializer.SerializeToUtf8Bytes(value, json);
        byte[] frame = new byte[FrameReader.HeaderBytes + payload.Length];
        frame[0] = (byte)type;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), payload.Length);
        payload.CopyTo(frame, FrameReader.HeaderBytes);
        await stream.WriteAsync(frame, cancellationToken);
    }

    /// <summary>Reads a frame.</summary>
    /// <exception cref="EndOfStreamException">The stream ended within it.</exception>
    /// <exception cref="ProtocolViolationException">It is longer than allowed.</exception>
    public static async Task<Frame> Read(Stream stream, int maxFrameBytes, CancellationToken cancellationToken)
    {
        byte[] header = new byte[FrameReader.HeaderBytes];
        await stream.ReadExactlyAsync(header, cancellationToken);
        uint length = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(1));
        if (length > (uint)maxFrameBytes)
            throw new ProtocolViolationException("A frame is too long.");
        byte[] payload = new byte[length];
        await stream.ReadExactlyAsync(payload, cancellationToken);
        return new Frame((FrameType)header[0], payload);
    }
}
