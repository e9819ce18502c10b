using System.Text;
using Sandbox.Api.Sandboxes;

namespace Sandbox.Api.Jobs.Requests;

/// <summary>What a path must be to stay inside the workspace. The agent checks again; this is the first of two locks.</summary>
internal static class WorkspacePath
{
    /// <summary>What is wrong with a path; null when nothing is.</summary>
    public static string? Fault(string path)
    {
        if (path.Length == 0)
            return "Must not be empty.";
        if (path.Contains('\0'))
            return "Must not contain NUL.";
        if (path[0] == '/')
            return "Must be relative to the workspace.";
        if (Encoding.UTF8.GetByteCount(path) > RequestBounds.PathBytes)
            return $"Is longer than {RequestBounds.PathBytes} bytes.";
        foreach (var range in path.AsSpan().Split('/'))
        {
            var name = path.AsSpan(range);
            if (name is "" or "." or "..")
                return "Must not have an empty part, \".\" or \"..\".";
            if (Encoding.UTF8.GetByteCount(name) > RequestBounds.NameBytes)
                return $"Has a name longer than {RequestBounds.NameBytes} bytes.";
        }
        return null;
    }
}
