using System.Security.Cryptography;

namespace Sandbox.Runtime.Oci.Checkpoints;

/// <summary>Takes an image in, in the form of <see cref="ImageFormat"/>: bounded, and either whole or not at all.</summary>
internal sealed class ImageReceiver(ImageStore store)
{
    private const int PieceBytes = 128 * 1024;

    /// <summary>Reads an image to its end.</summary>
    /// <exception cref="SandboxImageException">It is none, or damaged, or larger than allowed, or there is no room.</exception>
    public async Task<OciImage> Receive(Stream content, long maxBytes, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        try
        {
            var start = await Take(content, ImageFormat.PrefixBytes, hash, cancellationToken);
            var text = await Take(content, ImageFormat.HeaderLength(start), hash, cancellationToken);
            var header = ImageHeader.Parse(text);
            if (ImageFormat.Length(text.Length, header.Files) > maxBytes)
                throw new SandboxImageException($"The image has more than {maxBytes} bytes.");
            return await Keep(content, header, hash, cancellationToken);
        }
        catch (EndOfStreamException e)
        {
            throw new SandboxImageException("The image ends too early.", e);
        }
    }

    private async Task<OciImage> Keep(Stream content, ImageHeader header, IncrementalHash hash, CancellationToken cancellationToken)
    {
        await using var undo = new UndoStack();
        var folder = store.Reserve(header.Files.Sum(file => file.Length));
        undo.Push(folder.Dispose);
        foreach (var file in header.Files)
            await Copy(content, file.Length, Path.Combine(folder.Path, file.Name), hash, cancellationToken);

        var expected = hash.GetHashAndReset();
        var given = await Take(content, expected.Length, hash, cancellationToken);
        if (!given.AsSpan().SequenceEqual(expected) || await content.ReadAsync(new byte[1], cancellationToken) != 0)
            throw new SandboxImageException("The image is damaged.");
        undo.Commit();
        return new OciImage(header, folder);
    }

    private static async Task Copy(Stream content, long length, string path, IncrementalHash hash, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            BufferSize = 0,
        });
        var piece = GC.AllocateUninitializedArray<byte>(PieceBytes);
        for (var left = length; left > 0;)
        {
            var part = piece.AsMemory(0, (int)Math.Min(piece.Length, left));
            await content.ReadExactlyAsync(part, cancellationToken);
            hash.AppendData(part.Span);
            await file.WriteAsync(part, cancellationToken);
            left -= part.Length;
        }
    }

    private static async Task<byte[]> Take(Stream content, int length, IncrementalHash hash, CancellationToken cancellationToken)
    {
        var bytes = new byte[length];
        await content.ReadExactlyAsync(bytes, cancellationToken);
        hash.AppendData(bytes);
        return bytes;
    }
}
