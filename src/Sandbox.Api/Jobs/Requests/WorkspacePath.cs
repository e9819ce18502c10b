using System.Text;

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
        if (Encoding.UTF8.GetByteCount(path) > JobBounds.PathBytes)
            return $"Is longer than {JobBounds.PathBytes} bytes.";
        foreach (var range in path.AsSpan().Split('/'))
        {
            var name = path.AsSpan(range);
            if (name is "" or "." or "..")
                return "Must not have an empty part, \".\" or \"..\".";
            if (Encoding.UTF8.GetByteCount(name) > JobBounds.NameBytes)
                return $"Has a name longer than {JobBounds.NameBytes} bytes.";
        }
        return null;
    }
}
