using System.Diagnostics;
using System.Formats.Tar;
using System.Text;

namespace Sandbox.Testing.Templates;

/// <summary>
/// A root file system made of a few of the host's programs, with the libraries that they need and a Python that has two
/// modules of its own: <c>ahead</c>, which says that it was imported, and <c>broken</c>, which cannot be.
/// </summary>
internal static class SmallRoot
{
    private static readonly string[] Skipped = ["test", "idlelib", "tkinter", "lib2to3", "ensurepip", "turtledemo", "pydoc_data", "__pycache__", "unittest", "distutils"];
    private static readonly string[] Links = ["bin", "lib", "lib64", "sbin"];

    /// <summary>The archive: bash as shell, a few small programs and, where asked for, Python.</summary>
    public static byte[] Archive(bool python = true)
    {
        using var bytes = new MemoryStream();
        using (var tar = new TarWriter(bytes, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach (var folder in (string[])["usr", "usr/bin", "usr/lib", "usr/lib64", "usr/sbin", "etc"])
                tar.WriteEntry(new PaxTarEntry(TarEntryType.Directory, folder) { Mode = (UnixFileMode)0b111_101_101 });
            foreach (var link in Links)
                tar.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, link) { LinkName = "usr/" + link });
            tar.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "usr/bin/sh") { LinkName = "bash" });
            AddPrograms(tar, ["/usr/bin/bash", "/usr/bin/cat", "/usr/bin/ls", "/usr/bin/id", "/usr/bin/env", .. python ? ["/usr/bin/python3"] : Array.Empty<string>()]);
            if (python)
                AddPython(tar);
        }

        return bytes.ToArray();
    }

    private static void AddPrograms(TarWriter tar, string[] programs)
    {
        foreach (var program in programs)
            AddFile(tar, program, program);
        foreach (var library in programs.SelectMany(Libraries).Distinct())
            AddFile(tar, library, library.StartsWith("/usr/", StringComparison.Ordinal) ? library : "/usr" + library);
    }

    private static void AddPython(TarWriter tar)
    {
        var library = Run("/usr/bin/python3", "-c", "import os; print(os.path.dirname(os.__file__))").Trim();
        AddFolder(tar, library);
        AddText(tar, library + "/ahead.py", "import decimal, json, asyncio\nprint_once = 'imported ahead'\n");
        AddText(tar, library + "/broken.py", "raise RuntimeError('not today')\n");
    }

    private static void AddFolder(TarWriter tar, string folder)
    {
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos().Where(entry => !Skipped.Contains(entry.Name)))
        {
            if (entry is DirectoryInfo { LinkTarget: null } inner)
                AddFolder(tar, inner.FullName);
            else if (entry is FileInfo { Exists: true } && File.ResolveLinkTarget(entry.FullName, true) is null or FileInfo { Exists: true })
                AddFile(tar, entry.FullName, entry.FullName);
        }
    }

    private static void AddFile(TarWriter tar, string source, string path)
    {
        using var content = File.OpenRead(source);
        tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, path[1..])
        {
            DataStream = content,
            Mode = (UnixFileMode)0b111_101_101,
            ModificationTime = File.GetLastWriteTimeUtc(source),
        });
    }

    private static void AddText(TarWriter tar, string path, string text) =>
        tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, path[1..]) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)), Mode = (UnixFileMode)0b110_100_100 });

    // "libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x…)", and the loader without an arrow.
    private static IEnumerable<string> Libraries(string program) => Run("/usr/bin/ldd", program).Split('\n')
        .Select(line => line[(line.IndexOf("=>", StringComparison.Ordinal) is var arrow and >= 0 ? arrow + 2 : 0)..].Trim().Split(' ')[0])
        .Where(path => path.StartsWith('/'));

    private static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }
}
