using Sandbox.Grains.Abstractions;
using Sandbox.Protocol;
using Sandbox.Runtime.Channel;

namespace Sandbox.Grains.Sessions.Files;

/// <summary>What the agent refuses, in words for callers. The agent's own words may be those of the code inside, and are not passed on.</summary>
internal static class FileRefusals
{
    public static Refusal BadPath { get; } = new(
        RefusalCodes.InvalidRequest, "Must be a path of at most 4096 bytes, relative to /workspace or absolute, without \"..\" and NUL, of names of at most 255 bytes.", "path");

    public static Refusal Elsewhere { get; } = new(RefusalCodes.SandboxUnreachable, "The session's sandbox is held by another process.", null, TimeSpan.FromSeconds(1));

    public static Refusal Interrupted { get; } = new(RefusalCodes.SandboxUnreachable, "The connection to the sandbox broke off.", null, TimeSpan.FromSeconds(1));

    public static Refusal From(AgentRequestException refused) => refused.Code switch
    {
        AgentErrors.NotFound => new Refusal(RefusalCodes.NotFound, "There is no such file or folder."),
        AgentErrors.Invalid => new Refusal(RefusalCodes.InvalidRequest, "The path or its new place cannot be used.", "path"),
        AgentErrors.NotRegular => new Refusal(RefusalCodes.FileConflict, "It is no regular file, or lies behind a symbolic link."),
        AgentErrors.Exists => new Refusal(RefusalCodes.FileExists, "There is a file or folder of this name already."),
        AgentErrors.NotEmpty => new Refusal(RefusalCodes.FileConflict, "The folder is not empty."),
        AgentErrors.NotDirectory => new Refusal(RefusalCodes.FileConflict, "It, or something on the way to it, is no folder."),
        AgentErrors.IsDirectory => new Refusal(RefusalCodes.FileConflict, "It is a folder."),
        AgentErrors.Denied => new Refusal(RefusalCodes.FileDenied, "The sandbox's user may not do this there."),
        AgentErrors.OtherFileSystem => new Refusal(RefusalCodes.FileConflict, "Nothing moves between /workspace and /tmp."),
        AgentErrors.NoSpace => new Refusal(RefusalCodes.DiskFull, "The disk limit of the session is reached."),
        AgentErrors.TooLarge => new Refusal(RefusalCodes.FileConflict, "It is too large."),
        _ => new Refusal(RefusalCodes.FileConflict, "The sandbox could not do this."),
    };
}
