using System.ComponentModel.DataAnnotations;

namespace Sandbox.Runtime.Templates;

/// <summary>What may be imported as a template. Configuration section <c>Sandbox:Templates</c>.</summary>
public sealed class TemplateOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Sandbox:Templates";

    /// <summary>Most bytes of all files of a root file system together, and of an archive before it is unpacked.</summary>
    [Range(1 << 20, 1L << 40)]
    public long MaxBytes { get; set; } = 8L << 30;

    /// <summary>Most files, folders and links of an archive, those that a later layer removes included.</summary>
    [Range(100, 10_000_000)]
    public int MaxEntries { get; set; } = 500_000;

    /// <summary>Longest time from the first byte of an archive to the end of its unpacking.</summary>
    [Range(1, 86_400)]
    public int MaxImportSeconds { get; set; } = 1800;

    /// <summary>Imports at the same time on this node.</summary>
    [Range(1, 64)]
    public int MaxImports { get; set; } = 2;

    /// <summary>Templates that one tenant may have, and as many that belong to all.</summary>
    [Range(1, 10_000)]
    public int MaxPerTenant { get; set; } = 100;

    /// <summary>Folders of this host whose subfolders an operator may import. None unless configured.</summary>
    public IList<string> LocalFolders { get; } = [];
}
