using System.Text;
using Sandbox.Protocol;

namespace Sandbox.Runtime.Oci.Checkpoints;

/// <summary>The file by which a quiet agent is told to listen again, and with which token.</summary>
internal static class ResumeFile
{
    /// <summary>
    /// Puts it into a channel folder. Code inside may have planted anything there: only what is made here is written to, and a
    /// link of that name is replaced, not followed.
    /// </summary>
    public static void Write(string channel, string token, long hostId)
    {
        var staging = Path.Combine(channel, Guid.NewGuid().ToString("n"));
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite };
        using (var file = new FileStream(staging, options))
            file.Write(Encoding.UTF8.GetBytes(token));
        Libc.ChangeOwner(staging, (uint)hostId, (uint)hostId);
        File.Move(staging, Path.Combine(channel, AgentProtocol.ResumeFile), overwrite: true);
    }
}
