using System.Text;
using Sandbox.Api.Http;

namespace Sandbox.Api.Artifacts.Requests;

/// <summary>Names of uploads: any name that a file can have, and no path.</summary>
internal static class ArtifactName
{
    /// <summary>The name of an upload that says none.</summary>
    public const string Default = "artifact";

    private const int LongestBytes = 255;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The name; the default one where it is wrong and noted as such.</summary>
    public static string Read(string name, string field, RequestErrors errors)
    {
        if (IsValid(name))
            return name;
        errors.Add(field, $"Must be a file name of 1 to {LongestBytes} bytes in UTF-8, without \"/\" and control characters.");
        return Default;
    }

    /// <summary>The last part of what a form calls its file: some browsers send whole paths.</summary>
    public static string LastPart(string path) => path[(path.LastIndexOfAny(['/', '\\']) + 1)..];

    private static bool IsValid(string name) =>
        name is not ("" or "." or "..") && !name.Contains('/') && !name.Any(char.IsControl) && BytesOf(name) <= LongestBytes;

    private static int BytesOf(string name)
    {
        try
        {
            return Strict.GetByteCount(name);
        }
        catch (EncoderFallbackException)
        {
            return int.MaxValue;
        }
    }
}
