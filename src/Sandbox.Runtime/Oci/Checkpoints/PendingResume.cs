using System.Text.Json;

namespace Sandbox.Runtime.Oci.Checkpoints;

/// <summary>
/// Says, in a sandbox's folder, that it is being saved: when it is found stopped, it goes on from that image. Written before
/// the sandbox can stop, so that a server may be killed at any moment.
/// </summary>
/// <param name="Image">Name of the image's folder.</param>
/// <param name="Limits">The limits that it had.</param>
internal sealed record PendingResume(string Image, SandboxLimits Limits)
{
    private const string FileName = "resume.json";

    public void Write(string box) => BoxRecord.Replace(Path.Combine(box, FileName), JsonSerializer.SerializeToUtf8Bytes(this));

    public static void Delete(string box)
    {
        if (Directory.Exists(box))
            File.Delete(Path.Combine(box, FileName));
    }

    /// <summary>What is pending for a sandbox; null when nothing is.</summary>
    public static PendingResume? Read(string box)
    {
        var path = Path.Combine(box, FileName);
        if (!File.Exists(path))
            return null;
        try
        {
            return JsonSerializer.Deserialize<PendingResume>(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return null;
        }
    }
}
