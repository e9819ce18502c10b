namespace Sandbox.Packages;

/// <summary>Why a package was not served.</summary>
public static class PackageReasons
{
    /// <summary>The policy does not name the package.</summary>
    public const string NotAllowed = "not_allowed";

    /// <summary>The policy names the package, but not this version, or none that there is.</summary>
    public const string VersionNotAllowed = "version_not_allowed";

    /// <summary>The index does not have it.</summary>
    public const string NotFound = "not_found";

    /// <summary>The index could not be asked, or what it sent is not what it should be.</summary>
    public const string UpstreamFailed = "upstream_failed";

    /// <summary>The file could not be stored on this node.</summary>
    public const string CacheFailed = "cache_failed";

    /// <summary>It could not be recorded, and was not served.</summary>
    public const string NotRecorded = "not_recorded";
}
