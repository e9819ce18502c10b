using System.Text;
using Sandbox.Agent.Native;
using Sandbox.Protocol;

namespace Sandbox.Agent.Files;

/// <summary>
/// Removes a file, or a folder with all it holds. It has one folder open at a time, however deep the tree is, follows no link
/// below the path, and stays on one file system. Each turn on the file thread is short.
/// </summary>
internal sealed unsafe class TreeRemover : IDisposable
{
    private const int StepsPerTurn = 500;
    private const int MostSteps = 50_000_000;
    private const int MostDepth = 1 << 18;
    private const int NameBytes = 256;

    private readonly RemoveRequest request;
    private readonly int around;
    private readonly byte[] top;

    // The folders around the one that is open, outermost first: the way back, by "..", is checked against them.
    private readonly List<ulong> ancestors = [];
    private readonly byte[] name = new byte[NameBytes];
    private Entry current;
    private nint list;
    private int steps;

    public TreeRemover(RemoveRequest request)
    {
        this.request = request;
        around = FolderPath.OpenAround(request.Path, follow: true, out string last);
        top = Encoding.UTF8.GetBytes(last + '\0');
    }

    /// <summary>Removes some more; false when nothing is left.</summary>
    public bool Turn()
    {
        for (int i = 0; i < StepsPerTurn; i++)
        {
            if (++steps > MostSteps)
                throw Refusal(AgentErrors.Io, "changes all the time");
            if (list == 0 ? !RemoveTop() : !RemoveNext())
                return false;
        }

        return true;
    }

    public void Dispose()
    {
        CloseList();
        _ = Libc.Close(around);
    }

    // False when it is gone. The folder itself is tried first: where it may not be removed, nothing in it is.
    private bool RemoveTop()
    {
        fixed (byte* target = top)
        {
            int result = Remove(around, target, EntryKind.Unknown);
            if (result >= 0)
                return false;
            if (result != -Errno.NotEmpty || !request.Recursive)
                throw FileErrors.From(-result, request.Path);
            Entry outer;
            FileErrors.Checked(Libc.Describe(around, &outer), request.Path);
            Enter(Libc.OpenDirectory(around, target, follow: 0), outer.Device);
            return true;
        }
    }

    private bool RemoveNext()
    {
        fixed (byte* target = name)
        {
            EntryKind kind;
            int length = FileErrors.Checked(Libc.ListNext(list, target, NameBytes, &kind), request.Path);
            if (length == 0)
            {
                Leave();
                return true;
            }

            int result = Remove(Libc.ListDescriptor(list), target, kind);
            if (result == -Errno.NotEmpty)
                Descend(target);
            else if (result != -Errno.NoEntry)
                FileErrors.Checked(result, request.Path);
            return true;
        }
    }

    // What the name stands for may have changed since it was listed; each way is tried at most once.
    private static int Remove(int folder, byte* target, EntryKind kind)
    {
        int result = kind == EntryKind.Directory ? -Errno.IsDirectory : Libc.Unlink(folder, target);
        if (result is not (-Errno.IsDirectory or -Errno.NotPermitted))
            return result;
        int removed = Libc.RemoveDirectory(folder, target);
        return removed switch
        {
            -Errno.Exists => -Errno.NotEmpty,
            -Errno.NotDirectory => kind == EntryKind.Directory ? Libc.Unlink(folder, target) : result,
            _ => removed,
        };
    }

    private void Descend(byte* target)
    {
        if (ancestors.Count >= MostDepth)
            throw Refusal(AgentErrors.TooLarge, "too deep");
        int inner = Libc.OpenDirectory(Libc.ListDescriptor(list), target, follow: 0);
        if (inner is -Errno.NoEntry or -Errno.NotDirectory or -Errno.LinkLoop)
            return;
        ancestors.Add(current.Inode);
        Enter(inner, current.Device);
    }

    private void Enter(int folder, ulong device)
    {
        FileErrors.Checked(folder, request.Path);
        CloseList();
        list = Libc.ListOpen(folder);
        if (list == 0)
            throw Refusal(AgentErrors.Io, "the folder cannot be read");
        Entry entered;
        FileErrors.Checked(Libc.Describe(folder, &entered), request.Path);
        current = entered;
        if (entered.Device != device)
            throw FileErrors.From(Errno.Busy, request.Path);
    }

    // The folder around is listed anew: the one that was left is then removed as any other empty one.
    private void Leave()
    {
        if (ancestors.Count == 0)
        {
            CloseList();
            return;
        }

        ulong expected = ancestors[^1];
        ancestors.RemoveAt(ancestors.Count - 1);
        Enter(Libc.OpenDirectory(Libc.ListDescriptor(list), "..", follow: 0), current.Device);
        if (current.Inode != expected)
            throw Refusal(AgentErrors.Io, "was moved while it was removed");
    }

    private void CloseList()
    {
        if (list != 0)
            _ = Libc.ListClose(list);
        list = 0;
    }

    private RequestException Refusal(string code, string reason) => new(code, $"{request.Path}: {reason}");
}
