using Microsoft.Extensions.Options;
using Sandbox.Runtime.Oci;
using Sandbox.Runtime.Templates;

namespace Sandbox.Runtime.Tests.Templates;

/// <summary>Roots in a folder of their own, and beside them a folder that nothing may touch.</summary>
internal sealed class RootsFixture : IDisposable
{
    public RootsFixture(Action<TemplateOptions>? configure = null)
    {
        Directory.CreateDirectory(Victim);
        File.WriteAllText(Path.Combine(Victim, "secret"), "secret");
        Directory.CreateDirectory(Path.Combine(Victim, "folder"));
        var options = new TemplateOptions { MaxBytes = 32 << 20, MaxEntries = 10_000 };
        configure?.Invoke(options);
        Options = options;
        Layout = new HostLayout(
            Microsoft.Extensions.Options.Options.Create(new RuntimeOptions { LibraryDirectory = Library, RunDirectory = Path.Combine(Folder, "run") }), new TemplateRegistry());
        Directory.CreateDirectory(Layout.Roots);
        Roots = new TemplateRoots(Layout, Microsoft.Extensions.Options.Options.Create(options));
        _before = Outside();
    }

    private readonly string _before;

    public string Folder { get; } = Directory.CreateTempSubdirectory("sandbox-roots-").FullName;

    public string Victim => Path.Combine(Folder, "victim");

    public TemplateOptions Options { get; }

    public HostLayout Layout { get; }

    public TemplateRoots Roots { get; }

    private string Library => Path.Combine(Folder, "library");

    public Task<ImportedRoot> Unpack(byte[] archive) => Roots.Unpack(new MemoryStream(archive, writable: false), TestContext.Current.CancellationToken);

    public string PathOf(ImportedRoot root, string path) => Path.Combine(RootImport.RootIn(Layout.RootFolder(root.Digest)), path);

    /// <summary>Nothing lies anywhere but among the roots, and what was there is as it was.</summary>
    public void AssertNothingOutside() => Assert.Equal(_before, Outside());

    /// <summary>No half of an import is left.</summary>
    public void AssertNoRemains() => Assert.DoesNotContain(Directory.EnumerateFileSystemEntries(Layout.Roots), entry => !Path.GetFileName(entry).StartsWith("root-", StringComparison.Ordinal));

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    // Not into the roots: their links lead anywhere.
    private string Outside() => string.Join('\n', Below(Folder)
        .Select(entry => $"{entry} {File.GetUnixFileMode(entry)} {(File.Exists(entry) ? File.ReadAllText(entry) : "")}"));

    private IEnumerable<string> Below(string folder) => Directory.EnumerateFileSystemEntries(folder)
        .Order(StringComparer.Ordinal)
        .SelectMany(entry => entry == Layout.Roots || !Directory.Exists(entry) ? [entry] : Below(entry).Prepend(entry));
}
