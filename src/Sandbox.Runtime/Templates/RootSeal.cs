using System.Text.Json;

namespace Sandbox.Runtime.Templates;

/// <summary>Lies beside a root file system and says what it was when it was put there.</summary>
/// <param name="Digest">SHA-256 of what it is.</param>
/// <param name="SizeBytes">Bytes of its files.</param>
/// <param name="Shape">Its <see cref="RootShape"/>.</param>
internal sealed record RootSeal(string Digest, long SizeBytes, string Shape)
{
    private const string FileName = "seal.json";

    /// <summary>Puts it into a folder, and with it everything that the folder holds on the disk; then moves the folder to its place.</summary>
    public void Place(string folder, string target)
    {
        using var file = new FileStream(Path.Combine(folder, FileName), FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        file.Write(JsonSerializer.SerializeToUtf8Bytes(this));
        // What has its name is whole, also when the machine lost its power right after.
        Libc.SyncFileSystem(file.SafeFileHandle);
        Directory.Move(folder, target);
        Libc.SyncFileSystem(file.SafeFileHandle);
    }

    /// <summary>Reads it; null when there is none.</summary>
    public static RootSeal? Read(string folder)
    {
        try
        {
            return JsonSerializer.Deserialize<RootSeal>(File.ReadAllBytes(Path.Combine(folder, FileName)));
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return null;
        }
    }
}
