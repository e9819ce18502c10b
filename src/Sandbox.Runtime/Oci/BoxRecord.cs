using System.Text.Json;

namespace Sandbox.Runtime.Oci;

/// <summary>
/// What a later process must know to find a sandbox again. Written before the sandbox is started, in its folder, which
/// only the host's root can read; nothing inside can reach it.
/// </summary>
/// <param name="Engine">Name of the engine that runs it.</param>
/// <param name="Token">Token of its agent.</param>
/// <param name="HostId">First id of its range.</param>
/// <param name="Spec">What it is.</param>
internal sealed record BoxRecord(string Engine, string Token, long HostId, SandboxSpec Spec)
{
    private const string FileName = "box.json";

    public void Write(string folder)
    {
        var path = Path.Combine(folder, FileName);
        File.WriteAllBytes(path, JsonSerializer.SerializeToUtf8Bytes(this));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
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
