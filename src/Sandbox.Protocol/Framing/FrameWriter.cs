using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Sandbox.Protocol.Framing;

/// <summary>Writes frames to a channel. Safe for several writers at a time; a frame is never interleaved with another.</summary>
public sealed class FrameWriter(PipeWriter output)
{
    /// <summary>Bytes of a body that go in one <see cref="FrameType.Data"/> frame.</summary>
    public const int BodyFrameBytes = 32 * 1024;

    private readonly SemaphoreSlim turn = new(1, 1);

    /// <summary>Writes one frame and waits until the channel has taken it: the other side's slowness is felt here.</summary>
    /// <exception cref="IOException">The other side reads no more.</exception>
    public ValueTask Write(FrameType type, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken) =>
        Write(type, default, payload, cancellationToken);

    /// <summary>Writes one frame of JSON.</summary>
    public ValueTask WriteJson<T>(FrameType type, T value, JsonTypeInfo<T> json, CancellationToken cancellationToken) =>
        Write(type, JsonSerializer.SerializeToUtf8Bytes(value, json), cancellationToken);

    /// <summary>Writes a body: <see cref="FrameType.Data"/> frames and <see cref="FrameType.End"/>.</summary>
    public async ValueTask WriteBody(ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        for (int offset = 0; offset < body.Length; offset += BodyFrameBytes)
            await Write(FrameType.Data, body.Slice(offset, Math.Min(BodyFrameBytes, body.Length - offset)), cancellationToken);
        await Write(FrameType.End, default, cancellationToken);
    }

    /// <summary>Writes a piece of output.</summary>
    public ValueTask WriteOutput(long sequence, OutputStream stream, ReadOnlyMemory<byte> data, CancellationToken cancellationToken) =>
        Write(FrameType.Output, (sequence, stream), data, cancellationToken);

    /// <summary>Writes an acknowledgement.</summary>
    public ValueTask WriteAck(long sequence, CancellationToken cancellationToken)
    {
        byte[] payload = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(payload, sequence);
        return Write(FrameType.Ack, payload, cancellationToken);
    }

    /// <summary>Ends the channel's side, once what is being written is written.</summary>
    public async ValueTask Complete()
    {
        await turn.WaitAsync();
        try
        {
            await output.CompleteAsync();
        }
        finally
        {
            turn.Release();
        }
    }

    private async ValueTask Write(
        FrameType type, (long Sequence, OutputStream Stream)? piece, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            WriteHeader(type, piece, payload.Length);
            FlushResult flushed = await output.WriteAsync(payload, cancellationToken);
            if (flushed.IsCompleted)
                throw new IOException("The other side reads no more.");
        }
        finally
        {
            turn.Release();
        }
    }

    private void WriteHeader(FrameType type, (long Sequence, OutputStream Stream)? piece, int payloadBytes)
    {
        int prefix = piece is null ? 0 : OutputFrame.PrefixBytes;
        Span<byte> header = output.GetSpan(FrameReader.HeaderBytes + prefix);
        header[0] = (byte)type;
        BinaryPrimitives.WriteInt32BigEndian(header[1..], prefix + payloadBytes);
        if (piece is { } numbered)
            OutputFrame.WritePrefix(header[FrameReader.HeaderBytes..], numbered.Sequence, numbered.Stream);
        output.Advance(FrameReader.HeaderBytes + prefix);
    }
}
