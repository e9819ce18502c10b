using System.Text.Json;
using System.Text.RegularExpressions;

namespace Sandbox.Runtime.Oci.Checkpoints;

/// <summary>What an image is of, and what a node must have to restore it.</summary>
/// <param name="Engine">Version of gVisor, whose own format the files have.</param>
/// <param name="Root">Name of the root file system, which follows from its content.</param>
/// <param name="Agent">Name of the agent's folder, likewise.</param>
/// <param name="UsedBytes">Memory that the sandbox used: the least that it needs.</param>
/// <param name="DiskBytes">Size of the sandbox's writable mounts.</param>
/// <param name="Processes">Processes and threads of the code.</param>
/// <param name="Files">The files, in the order in which they follow.</param>
/// <param name="Layer">Name of the packages beside the root, which follows from their content; null where there are none.</param>
internal sealed partial record ImageHeader(
    string Engine, string Root, string Agent, long UsedBytes, long DiskBytes, int Processes, IReadOnlyList<ImageFile> Files, string? Layer = null)
{
    /// <summary>Longest text of a header, in bytes.</summary>
    public const int MostBytes = 64 * 1024;

    private const int MostFiles = 16;
    private const long MostFileBytes = 1L << 40;

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this);

    /// <summary>Reads a header; names and sizes in it are such that files can be made by them.</summary>
    /// <exception cref="SandboxImageException">It is none.</exception>
    public static ImageHeader Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            if (JsonSerializer.Deserialize<ImageHeader>(json) is { Engine: not null, Root: not null, Agent: not null, Files: { Count: > 0 and <= MostFiles } files } header
                && files.All(file => file is { Name: not null, Length: >= 0 and <= MostFileBytes } && FileName().IsMatch(file.Name))
                && files.DistinctBy(file => file.Name).Count() == files.Count)
            {
                return header;
            }
        }
        catch (JsonException)
        {
            // Said below.
        }

        throw new SandboxImageException("The image has no valid header.");
    }

    [GeneratedRegex("^[a-z][a-z0-9_]{0,31}(\\.[a-z]{1,8})?\\z")]
    private static partial Regex FileName();
}

/// <summary>A file of an image.</summary>
internal sealed record ImageFile(string Name, long Length)
{
    /// <summary>The files that an engine has written to a folder.</summary>
    public static IReadOnlyList<ImageFile> In(ImageFolder folder) =>
        [.. new DirectoryInfo(folder.Path).EnumerateFiles().OrderBy(file => file.Name, StringComparer.Ordinal).Select(file => new ImageFile(file.Name, file.Length))];
}
