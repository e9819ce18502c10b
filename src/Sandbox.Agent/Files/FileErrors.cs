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
            Errno.LinkLoop or Errno.NoDevice or Errno.NotSupported => AgentErrors.NotRegular,
            Errno.NotDirectory => AgentErrors.NotDirectory,
            Errno.IsDirectory => AgentErrors.IsDirectory,
            Errno.Exists => AgentErrors.Exists,
            Errno.NotEmpty => AgentErrors.NotEmpty,
            Errno.Denied or Errno.NotPermitted or Errno.ReadOnly or Errno.Busy => AgentErrors.Denied,
            Errno.OtherDevice => AgentErrors.OtherFileSystem,
            Errno.NoSpace or Errno.QuotaExceeded => AgentErrors.NoSpace,
            Errno.NameTooLong or Errno.Invalid => AgentErrors.Invalid,
            _ => AgentErrors.Io,
        };
        return new RequestException(code, $"{path}: {Errno.Describe(errno)}");
    }
}
