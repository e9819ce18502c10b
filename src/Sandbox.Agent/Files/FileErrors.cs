using Sandbox.Agent.Native;
using Sandbox.Protocol;

namespace Sandbox.Agent.Files;

/// <summary>What the operating system's refusals mean to the host.</summary>
internal static class FileErrors
{
    /// <summary>The result of a call, where it is none of these.</summary>
    public static int Checked(int result, string path) => result >= 0 ? result : throw From(-result, path);

    public static RequestException From(int errno, string path)
    {
        string code = errno switch
        {
            Errno.NoEntry => AgentErrors.NotFound,
            Errno.LinkLoop or Errno.NotDirectory or Errno.IsDirectory => AgentErrors.NotRegular,
            Errno.NoSpace or Errno.QuotaExceeded => AgentErrors.NoSpace,
            Errno.NameTooLong => AgentErrors.Invalid,
            _ => AgentErrors.Io,
        };
        return new RequestException(code, $"{path}: {Errno.Describe(errno)}");
    }
}
