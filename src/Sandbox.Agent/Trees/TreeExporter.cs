using Sandbox.Agent.Files;
using Sandbox.Agent.Native;
using Sandbox.Protocol;

namespace Sandbox.Agent.Trees;

/// <summary>Makes a tar stream of a tree, piece by piece: nothing of it is held but the piece. Runs on the file thread.</summary>
internal sealed unsafe class TreeExporter : IDisposable
{
    private const int StepsPerTurn = 500;
    private const int MostTargetBytes = 4096;

    // What is remembered of files with several names; further ones are sent as files of their own.
    private const int MostRememberedBytes = 8 << 20;
    private const int BytesToRememberOne = 64;

    private readonly ExportTreeRequest request;
    private readonly TreeWalk walk;
    private readonly Dictionary<ulong, byte[]> firstNames = [];
    private ReadOnlyMemory<byte> head;
    private FileParts? file;
    private int remembered;
    private long entries;
    private long sent;
    private bool ended;

    public TreeExporter(ExportTreeRequest request)
    {
        this.request = request;
        walk = new TreeWalk(request.Root);
    }

    public TreeExported Exported => new(entries, walk.Skipped);

    /// <summary>Fills a buffer as far as one turn goes; false when the stream is complete with it.</summary>
    public bool Turn(Span<byte> buffer, out int filled)
    {
        filled = 0;
        for (int step = 0; step < StepsPerTurn && filled < buffer.Length; step++)
        {
            if (!head.IsEmpty)
                filled += TakeHead(buffer[filled..]);
            else if (file is not null)
                filled += TakeFile(buffer[filled..]);
            else if (ended)
                break;
            else
                Advance();
        }

        sent += filled;
        if (sent > request.MaxBytes)
            throw new RequestException(AgentErrors.TooLarge, $"{request.Root}: more than {request.MaxBytes} bytes");
        return !ended || !head.IsEmpty || file is not null;
    }

    public void Dispose()
    {
        file?.Dispose();
        walk.Dispose();
    }

    private int TakeHead(Span<byte> buffer)
    {
        int count = Math.Min(buffer.Length, head.Length);
        head.Span[..count].CopyTo(buffer);
        head = head[count..];
        return count;
    }

    private int TakeFile(Span<byte> buffer)
    {
        int count = file!.Read(buffer);
        if (!file.Ended)
            return count;
        head = new byte[TarHeader.PaddingOf(file.Bytes)];
        file.Dispose();
        file = null;
        return count;
    }

    private void Advance()
    {
        switch (walk.Next())
        {
            case TreeStep.Found:
                Begin();
                break;
            case TreeStep.End:
                ended = true;
                head = new byte[2 * TarHeader.BlockBytes];
                break;
        }
    }

    private void Begin()
    {
        Entry found = walk.Current;
        byte[] path = walk.Path.ToArray();
        switch (found.Kind)
        {
            case EntryKind.Directory:
                Send(new TarEntry(TarKind.Directory, path, [], found.Mode, 0, found.Modified));
                break;
            case EntryKind.Link when Target() is { } target:
                Send(new TarEntry(TarKind.SymbolicLink, path, target, found.Mode, 0, found.Modified));
                break;
            case EntryKind.File when found.Names > 1 && firstNames.TryGetValue(found.Inode, out byte[]? first):
                Send(new TarEntry(TarKind.HardLink, path, first, found.Mode, 0, found.Modified));
                break;
            case EntryKind.File when Open() is { } parts:
                BeginFile(path, parts);
                break;
            default:
                walk.Skip();
                break;
        }
    }

    private void BeginFile(byte[] path, FileParts parts)
    {
        Entry found = parts.Found;
        if (found.Names > 1 && remembered < MostRememberedBytes && firstNames.TryAdd(found.Inode, path))
            remembered += path.Length + BytesToRememberOne;
        var entry = new TarEntry(TarKind.File, path, [], found.Mode, found.Size, found.Modified);
        if (parts.IsWhole)
        {
            Send(entry, found.Size);
        }
        else
        {
            byte[] map = Extents.Map(parts.Parts);
            Send(entry, map.Length + parts.Bytes, sparse: true);
            head = Joined(head, map);
        }

        file = parts;
    }

    private void Send(TarEntry entry, long bytesThatFollow = 0, bool sparse = false)
    {
        entries++;
        byte[] attributes = PaxAttributes.Write(entry, bytesThatFollow, sparse);
        byte[] header = TarHeader.Write(entry, bytesThatFollow);
        if (attributes.Length == 0)
        {
            head = header;
            return;
        }

        byte[] before = TarHeader.Write(new TarEntry(TarKind.Attributes, "attributes"u8.ToArray(), [], 0b110_100_100, 0, 0), attributes.Length);
        head = Joined(before, attributes, new byte[TarHeader.PaddingOf(attributes.Length)], header);
    }

    private byte[]? Target()
    {
        byte* target = stackalloc byte[MostTargetBytes];
        fixed (byte* name = walk.Name)
        {
            int length = Libc.ReadLink(walk.Folder, name, target, MostTargetBytes);
            return length is > 0 and < MostTargetBytes ? new ReadOnlySpan<byte>(target, length).ToArray() : null;
        }
    }

    private FileParts? Open()
    {
        fixed (byte* name = walk.Name)
            return FileParts.TryOpen(walk.Folder, name);
    }

    private static byte[] Joined(params ReadOnlyMemory<byte>[] pieces)
    {
        byte[] whole = new byte[pieces.Sum(piece => piece.Length)];
        int at = 0;
        foreach (ReadOnlyMemory<byte> piece in pieces)
        {
            piece.CopyTo(whole.AsMemory(at));
            at += piece.Length;
        }

        return whole;
    }
}
