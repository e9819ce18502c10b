using System.Text;
using Sandbox.Api.Http;

namespace Sandbox.Api.Sandboxes;

/// <summary>Arguments that Linux can hand to a program.</summary>
internal static class ArgumentRules
{
    /// <summary>An argument vector with its program.</summary>
    public static void CheckCommand(IReadOnlyList<string> command, RequestErrors errors)
    {
        if (command is [] or ["", ..] && !errors.Has("command[0]"))
            errors.Add("command", "Must begin with a program.");
        if (CheckEach(command, "command", errors) > RequestBounds.ArgumentsTotalBytes)
            errors.Add("command", $"Exceeds {RequestBounds.ArgumentsTotalBytes} bytes.");
    }

    /// <summary>Each argument by itself; returns the bytes that all take.</summary>
    public static long CheckEach(IReadOnlyList<string>? arguments, string path, RequestErrors errors)
    {
        var total = 0L;
        for (var i = 0; i < arguments?.Count; i++)
        {
            var bytes = Encoding.UTF8.GetByteCount(arguments[i]);
            total += bytes + 1;
            if (arguments[i].Contains('\0'))
                errors.Add($"{path}[{i}]", "Must not contain NUL.");
            if (bytes > RequestBounds.ArgumentBytes)
                errors.Add($"{path}[{i}]", $"Is longer than {RequestBounds.ArgumentBytes} bytes.");
        }

        return total;
    }
}
