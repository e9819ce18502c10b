using System.Text.Json;

namespace Sandbox.Runtime.Oci;

/// <summary>
/// What a later process must know to find a sandbox again. Written before the sandbox is started, in its folder, which
/// only the host's root can read; nothing inside can reach it.
/// </summary>
/// <param name="Engine">Name of the engine that runs it.</param>
/// <param name="Token">Token of its agent.</param>
/// <param name="HostId">First id of its range.</param>
/// <param name="Spec">What it is; its memory and processor limits are those of its start.</param>
/// <param name="Root">Its root file system; null where an earlier release made it, as for <paramref name="Agent"/>.</param>
/// <param name="Agent">Folder of its agent.</param>
/// <param name="HasOwnPrograms">Whether its root has programs of its own in place of the host's.</param>
/// <param name="Maker">The process that made it, as <see cref="NodeProcesses"/> names it.</param>
/// <param name="Layer">The packages beside its root; null where there are none.</param>
internal sealed record BoxRecord(
    string Engine, string Token, long HostId, SandboxSpec Spec, string? Root = null, string? Agent = null, bool HasOwnPrograms = false, string? Maker = null, string? Layer = null)
{
    private const string FileName = "box.json";

    public void Write(string folder) => Replace(Path.Combine(folder, FileName), JsonSerializer.SerializeToUtf8Bytes(this));

    /// <summary>Writes a file that only root can read: the whole of it, or it stays as it was.</summary>
    public static void Replace(string path, byte[] content)
    {
        var next = $"{path}.{Guid.NewGuid():N}.new";
        File.WriteAllBytes(next, content);
        File.SetUnixFileMode(next, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.Move(next, path, overwrite: true);
    }

    /// <summary>Reads a record; null when there is none or it was cut off by a crash.</summary>
    public static BoxRecord? Read(string folder)
    {
        try
        {
            return JsonSerializer.Deserialize<BoxRecord>(File.ReadAllBytes(Path.Combine(folder, FileName)));
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return null;
        }
    }
}
