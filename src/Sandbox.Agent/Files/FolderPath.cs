using Sandbox.Agent.Native;

namespace Sandbox.Agent.Files;

/// <summary>Opens folders one component at a time, from the root of the sandbox.</summary>
internal static class FolderPath
{
    /// <summary>Opens a folder without following a link in any component.</summary>
    public static int Open(string path)
    {
        int folder = FileErrors.Checked(Libc.OpenDirectory(Libc.CurrentFolder, "/", follow: 0), "/");
        foreach (string name in Names(path))
            folder = Step(folder, Libc.OpenDirectory(folder, name, follow: 0), path);
        return folder;
    }

    /// <summary>Opens a folder and makes what is missing. Links are followed: only with the user's own rights.</summary>
    public static int OpenOrMake(string path)
    {
        int folder = FileErrors.Checked(Libc.OpenDirectory(Libc.CurrentFolder, "/", follow: 0), "/");
        foreach (string name in Names(path))
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

    public static string[] Names(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries);

    private static int Step(int folder, int next, string path)
    {
        _ = Libc.Close(folder);
        return FileErrors.Checked(next, path);
    }
}
