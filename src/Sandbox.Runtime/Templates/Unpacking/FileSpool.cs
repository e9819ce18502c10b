using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;

namespace Sandbox.Runtime.Templates.Unpacking;

/// <summary>The content of a file, in the spool.</summary>
/// <param name="Path">Where it lies; a name of the spool's own.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Sha256">Of the content, lower-case hexadecimal.</param>
internal sealed record SpooledFile(string Path, long Length, string Sha256);

/// <summary>Takes the contents of files under names of its own, within a bound on all of them together.</summary>
internal sealed class FileSpool(string folder, long maxBytes)
{
    private const int BufferBytes = 128 * 1024;
    private const int NoSpace = 28;

    private long _bytes;
    private int _count;

    public async Task<SpooledFile> Add(Stream content, long length, CancellationToken cancellationToken)
    {
        if (length > maxBytes - _bytes)
            throw new TemplateContentException($"The files are longer than {maxBytes} bytes together.");
        _bytes += length;
        var path = Path.Combine(folder, (++_count).ToString(CultureInfo.InvariantCulture));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
            for (var left = length; left > 0;)
            {
                var read = await content.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)), cancellationToken);
                if (read == 0)
                    throw new EndOfStreamException();
                hash.AppendData(buffer, 0, read);
                await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                left -= read;
            }
        }
        catch (IOException e) when (e.HResult == NoSpace)
        {
            throw new TemplateContentException("The node has no room for it.", e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return new SpooledFile(path, length, Convert.ToHexStringLower(hash.GetCurrentHash()));
    }
}
