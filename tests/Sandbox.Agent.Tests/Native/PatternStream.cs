using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Sandbox.Agent.Tests.Native;

/// <summary>So many bytes that differ from place to place, made when they are read; any number of them costs no memory.</summary>
internal sealed class PatternStream(long length) : MemoryStream
{
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long left = length;

    /// <summary>SHA-256 of what was read.</summary>
    public byte[] Hash => hash.GetCurrentHash();

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        int count = (int)Math.Min(left, buffer.Length);
        Span<byte> target = buffer.Span[..count];
        for (int offset = 0; offset + sizeof(long) <= count; offset += sizeof(long))
            BinaryPrimitives.WriteInt64LittleEndian(target[offset..], (left - offset) * 0x5851F42D4C957F2D);
        hash.AppendData(target);
        left -= count;
        return new ValueTask<int>(count);
    }

    protected override void Dispose(bool disposing)
    {
        hash.Dispose();
        base.Dispose(disposing);
    }
}
