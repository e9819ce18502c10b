using Sandbox.Protocol;
using Sandbox.Protocol.Framing;

namespace Sandbox.Runtime.Channel;

/// <summary>Checks an agent's list of files before anybody uses a path from it.</summary>
internal static class FoundFiles
{
    private const int MostSkipped = 1000;

    public static FindFilesReply Check(FindFilesReply reply, FindFilesRequest request)
    {
        bool sound = reply is { Files: not null, Skipped: not null }
            && reply.Files.Count <= request.MaxFiles
            && reply.Skipped.Count <= MostSkipped
            && reply.Files.All(file => file is { SizeBytes: >= 0 } && IsRelative(file.Path))
            && reply.Skipped.All(file => file is { Path: not null, Reason: not null });
        return sound ? reply : throw new ProtocolViolationException("The agent's list of files makes no sense.");
    }

    public static bool IsRelative(string? path) =>
        !string.IsNullOrEmpty(path) && !path.Contains('\0') && !path.Split('/').Any(part => part is "" or "." or "..");
}
