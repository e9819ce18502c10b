using System.Diagnostics.CodeAnalysis;
using System.Text;
using Sandbox.Agent.Native;
using Sandbox.Protocol;

namespace Sandbox.Agent.Files;

/// <summary>Finds files by glob, with bounded work, through descriptors of folders: no link is ever followed. Runs on the file thread.</summary>
internal sealed unsafe class FileFinder(FindFilesRequest request)
{
    private const int MostEntries = 100_000;
    private const int MostDepth = 100;
    private const int MostSkipped = 100;
    private const int NameBytes = 256;

    // The answer is one frame, in which JSON may take six bytes for a character.
    private const int MostCharacters = 150_000;

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private readonly Glob[] globs = [.. request.Globs.Select(Glob.Parse).OfType<Glob>()];
    private readonly List<FoundFile> files = [];
    private readonly List<SkippedFile> skipped = [];
    private readonly List<string> path = [];
    private bool truncated;
    private int visited;
    private int characters;

    public FindFilesReply Find()
    {
        int root = FolderPath.Open(request.Root);
        Visit(root);
        files.Sort((a, b) => string.CompareOrdinal(a.Path, b.Path));
        return new FindFilesReply(files, skipped, truncated);
    }

    private bool Full => truncated && (files.Count >= request.MaxFiles || visited >= MostEntries);

    private void Visit(int folder)
    {
        nint list = Libc.ListOpen(folder);
        if (list == 0)
            return;
        byte* name = stackalloc byte[NameBytes];
        while (!Full && Libc.ListNext(list, name, NameBytes) is > 0 and int length)
        {
            if (++visited > MostEntries)
                truncated = true;
            else
                Consider(Libc.ListDescriptor(list), name, length);
        }

        _ = Libc.ListClose(list);
    }

    private void Consider(int folder, byte* name, int length)
    {
        var bytes = new ReadOnlySpan<byte>(name, length);
        if (!TryDecode(bytes, out string? text))
        {
            path.Add(Encoding.UTF8.GetString(bytes));
            if (Matches())
                Skip("The name is no valid UTF-8.");
            path.RemoveAt(path.Count - 1);
            return;
        }

        path.Add(text!);
        Entry entry;
        if (Libc.DescribeAt(folder, name, &entry) == 0)
            Consider(folder, name, entry);
        path.RemoveAt(path.Count - 1);
    }

    private void Consider(int folder, byte* name, Entry entry)
    {
        if (entry.Kind == EntryKind.Directory)
            Enter(folder, name);
        else if (!Matches())
            return;
        else if (entry.Kind != EntryKind.File)
            Skip(entry.Kind == EntryKind.Link ? "A symbolic link." : "Not a regular file.");
        else if (files.Count >= request.MaxFiles || !HasRoom(out string? found))
            truncated = true;
        else
            files.Add(new FoundFile(found, entry.Size));
    }

    private void Enter(int folder, byte* name)
    {
        string[] names = [.. path];
        if (!globs.Any(glob => glob.MayMatchBelow(names)))
            return;
        if (path.Count >= MostDepth)
        {
            Skip("Too deep.");
            truncated = true;
            return;
        }

        int inner = Libc.OpenDirectory(folder, name, follow: 0);
        if (inner >= 0)
            Visit(inner);
        else
            Skip($"The folder cannot be opened: {Errno.Describe(-inner)}.");
    }

    private bool Matches()
    {
        string[] names = [.. path];
        return globs.Any(glob => glob.Matches(names));
    }

    private void Skip(string reason)
    {
        if (skipped.Count < MostSkipped && HasRoom(out string? found))
            skipped.Add(new SkippedFile(found, reason));
    }

    private bool HasRoom([NotNullWhen(true)] out string? found)
    {
        found = string.Join('/', path);
        characters += found.Length;
        return characters <= MostCharacters;
    }

    private static bool TryDecode(ReadOnlySpan<byte> bytes, out string? text)
    {
        try
        {
            text = Strict.GetString(bytes);
            return true;
        }
        catch (DecoderFallbackException)
        {
            text = null;
            return false;
        }
    }
}
