using Sandbox.Agent.Native;
using Sandbox.Protocol;

namespace Sandbox.Agent.Files;

/// <summary>
/// Opens folders one component at a time, from the root of the sandbox. What the kernel makes up (<c>/proc</c>, <c>/sys</c>)
/// is never entered.
/// </summary>
internal static class FolderPath
{
    /// <summary>Opens a folder. Where links are followed, it is only with the user's own rights.</summary>
    public static int Open(string path, bool follow = false) => Open(Names(path), path, follow);

    /// <summary>As <see cref="Open(string, bool)"/>, or a number below zero where it is refused.</summary>
    public static int TryOpen(string path)
    {
        try
        {
            return Open(path);
        }
        catch (RequestException)
        {
            return -Errno.NoEntry;
        }
    }

    /// <summary>Opens the folder around the last name of a path.</summary>
    public static int OpenAround(string path, bool follow, out string name)
    {
        ReadOnlySpan<string> names = Names(path);
        name = LastOf(names, path);
        return Open(names[..^1], path, follow);
    }

    /// <summary>Opens a folder and makes what is missing. Links are followed: only with the user's own rights.</summary>
    public static int OpenOrMake(string path) => OpenOrMake(Names(path), path);

    /// <summary>Opens the folder around the last name of a path and makes what is missing; as <see cref="OpenOrMake(string)"/>.</summary>
    public static int OpenOrMakeAround(string path, out string name)
    {
        ReadOnlySpan<string> names = Names(path);
        name = LastOf(names, path);
        return OpenOrMake(names[..^1], path);
    }

    public static bool IsRoot(string path) => Names(path).Length == 0;

    private static int Open(ReadOnlySpan<string> names, string path, bool follow)
    {
        int folder = OpenRoot();
        foreach (string name in names)
            folder = Step(folder, Libc.OpenDirectory(folder, name, follow ? 1 : 0), path);
        return folder;
    }

    private static int OpenOrMake(ReadOnlySpan<string> names, string path)
    {
        int folder = OpenRoot();
        foreach (string name in names)
        {
            int next = Libc.OpenDirectory(folder, name, follow: 1);
            if (next == -Errno.NoEntry)
            {
                int made = Libc.MakeDirectory(folder, name);
                next = made is 0 or -Errno.Exists ? Libc.OpenDirectory(folder, name, follow: 1) : made;
            }

            folder = Step(folder, next, path);
        }

        return folder;
    }

    private static string[] Names(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries);

    private static string LastOf(ReadOnlySpan<string> names, string path) =>
        names is [.., not "."] ? names[^1] : throw new RequestException(AgentErrors.Invalid, $"{path}: the path has no name at its end");

    private static int OpenRoot() => FileErrors.Checked(Libc.OpenDirectory(Libc.CurrentFolder, "/", follow: 0), "/");

    private static int Step(int folder, int next, string path)
    {
        _ = Libc.Close(folder);
        return FileErrors.Checked(next, path);
    }
}
