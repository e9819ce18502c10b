using System.Buffers.Binary;

namespace Sandbox.Protocol.Framing;

/// <summary>The payloads of <see cref="FrameType.Output"/> and <see cref="FrameType.Ack"/>.</summary>
public static class OutputFrame
{
    /// <summary>Longest piece of standard output, standard error or rich output in one frame.</summary>
    public const int MaxDataBytes = 64 * 1024;

    internal const int PrefixBytes = sizeof(long) + 1;

    /// <summary>Takes the payload of an output frame apart.</summary>
    public static (long Sequence, OutputStream Stream, ReadOnlyMemory<byte> Data) Parse(byte[] payload)
    {
        if (payload.Length < PrefixBytes)
            throw new ProtocolViolationException("An output frame is too short.");
        long sequence = BinaryPrimitives.ReadInt64BigEndian(payload);
        var stream = (OutputStream)payload[sizeof(long)];
        int longest = stream switch
        {
            OutputStream.Stdout or OutputStream.Stderr or OutputStream.Rich => MaxDataBytes,
            OutputStream.Result => ExecLimits.MaxResultBytes,
            _ => throw new ProtocolViolationException("An output frame names no stream."),
        };
        ReadOnlyMemory<byte> data = payload.AsMemory(PrefixBytes);
        return data.Length <= longest ? (sequence, stream, data) : throw new ProtocolViolationException("An output frame is too long.");
    }

    /// <summary>Takes the payload of an acknowledgement apart.</summary>
    public static long ParseAck(byte[] payload) =>
        payload.Length == sizeof(long)
            ? BinaryPrimitives.ReadInt64BigEndian(payload)
            : throw new ProtocolViolationException("An acknowledgement has another length.");

    internal static void WritePrefix(Span<byte> target, long sequence, OutputStream stream)
    {
        BinaryPrimitives.WriteInt64BigEndian(target, sequence);
        target[sizeof(long)] = (byte)stream;
    }
}
