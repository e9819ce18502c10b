using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Sandbox.Api.Http;

namespace Sandbox.Api.Sessions;

/// <summary>The path of a file in the address of a request.</summary>
internal static class FilePath
{
    private const string Folder = "/files/";

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>
    /// Reads it from the target as it was sent: routing would not tell an encoded slash from a plain one, nor keep empty names. Null
    /// when it could be read, otherwise what is wrong.
    /// </summary>
    public static ProblemResult? Read(HttpContext context, out string path)
    {
        path = string.Empty;
        var target = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? string.Empty;
        var query = target.IndexOf('?', StringComparison.Ordinal);
        var whole = query < 0 ? target : target[..query];
        var start = whole.IndexOf(Folder, StringComparison.Ordinal);
        if (start < 0 || start + Folder.Length == whole.Length)
            return ProblemResult.NotFound();
        if (Decode(whole.AsSpan(start + Folder.Length)) is { } decoded)
        {
            path = decoded;
            return null;
        }

        var errors = new RequestErrors();
        errors.Add("path", "Has a % without two hexadecimal digits, or bytes that are no UTF-8. Such a name cannot be said here: rename the file by a step.");
        return ProblemResult.From(errors);
    }

    /// <summary>
    /// Decodes the escapes of an address; null where they are none, or no UTF-8. Uri.UnescapeDataString leaves what it cannot decode as
    /// it is, and so would name another file.
    /// </summary>
    public static string? Decode(ReadOnlySpan<char> text)
    {
        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        var count = 0;
        while (!text.IsEmpty)
        {
            if (text[0] != '%')
            {
                var plain = text.IndexOf('%') is >= 0 and var next ? next : text.Length;
                count += Encoding.UTF8.GetBytes(text[..plain], bytes.AsSpan(count));
                text = text[plain..];
            }
            else if (text.Length >= 3 && Convert.FromHexString(text[1..3], bytes.AsSpan(count, 1), out _, out _) == System.Buffers.OperationStatus.Done)
            {
                count++;
                text = text[3..];
            }
            else
            {
                return null;
            }
        }

        try
        {
            return Strict.GetString(bytes, 0, count);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
