using Sandbox.Agent.Native;
using Sandbox.Protocol;

namespace Sandbox.Agent.Files;

/// <summary>Gives files and folders their places. Runs on the file thread; links to folders are followed with the user's rights only.</summary>
internal static class Places
{
    public static void Move(MoveRequest request)
    {
        int from = FolderPath.OpenAround(request.From, follow: true, out string name);
        try
        {
            int to = FolderPath.OpenAround(request.To, follow: true, out string newName);
            int result = Libc.Rename(from, name, to, newName, request.Overwrite ? 1 : 0);
            _ = Libc.Close(to);
            FileErrors.Checked(result, result == -Errno.NoEntry ? request.From : request.To);
        }
        finally
        {
            _ = Libc.Close(from);
        }
    }

    public static void MakeFolder(MakeFolderRequest request)
    {
        if (request.Parents)
        {
            _ = Libc.Close(FolderPath.OpenOrMake(request.Path));
            return;
        }

        int around = FolderPath.OpenAround(request.Path, follow: true, out string name);
        int result = Libc.MakeDirectory(around, name);
        _ = Libc.Close(around);
        FileErrors.Checked(result, request.Path);
    }
}
