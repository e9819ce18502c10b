using System.ComponentModel.DataAnnotations;

namespace Sandbox.Packages;

/// <summary>Where packages come from and how much of them is kept. Configuration section <c>Sandbox:Packages</c>.</summary>
public sealed class PackageOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Sandbox:Packages";

    /// <summary>The Python index, by the Simple API of PEP 503 or 691. Files may be on other hosts, but without TLS only if this is.</summary>
    [Required]
    public Uri PythonIndex { get; set; } = new("https://pypi.org/simple/");

    /// <summary>The npm registry. Files may be on other hosts, but without TLS only if this is.</summary>
    [Required]
    public Uri NodeRegistry { get; set; } = new("https://registry.npmjs.org/");

    /// <summary>Folder of the cache, which processes may share; below the system's temporary folder unless it is set.</summary>
    [Required]
    public string CacheDirectory { get; set; } = Path.Combine(Path.GetTempPath(), "sandbox-packages");

    /// <summary>Bytes that the cache may hold; what was not used for longest goes first. Default 10 GiB.</summary>
    [Range(0, long.MaxValue)]
    public long MaxCacheBytes { get; set; } = 10L << 30;

    /// <summary>How long an index page is believed, in seconds. Default 300.</summary>
    [Range(0, 86_400)]
    public int IndexSeconds { get; set; } = 300;

    /// <summary>Size of the largest package file, in bytes. Default 1 GiB.</summary>
    [Range(1, long.MaxValue)]
    public long MaxPackageBytes { get; set; } = 1L << 30;

    /// <summary>Size of the largest index page, in bytes. Default 64 MiB.</summary>
    [Range(1, 1 << 30)]
    public int MaxIndexBytes { get; set; } = 64 << 20;

    /// <summary>Bytes of index pages, as they were sent, that are kept in memory. Default 256 MiB.</summary>
    [Range(0, long.MaxValue)]
    public long MaxIndexMemoryBytes { get; set; } = 256L << 20;

    /// <summary>Files that are fetched at one time; more wait. Default 16.</summary>
    [Range(1, 1024)]
    public int MaxDownloads { get; set; } = 16;

    /// <summary>Longest time for connecting to an index, in seconds.</summary>
    [Range(1, 300)]
    public int ConnectTimeoutSeconds { get; set; } = 15;

    /// <summary>Longest time for fetching an index page, in seconds.</summary>
    [Range(1, 3600)]
    public int IndexTimeoutSeconds { get; set; } = 60;

    /// <summary>Longest time for fetching a file, in seconds.</summary>
    [Range(1, 86_400)]
    public int DownloadTimeoutSeconds { get; set; } = 1800;
}
