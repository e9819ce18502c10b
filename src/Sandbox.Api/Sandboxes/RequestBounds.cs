namespace Sandbox.Api.Sandboxes;

/// <summary>Bounds of a request that no configuration changes, because something below the interface has them.</summary>
internal static class RequestBounds
{
    /// <summary>Longest single argument or environment entry that Linux hands to a program (MAX_ARG_STRLEN), less its end.</summary>
    public const int ArgumentBytes = 128 * 1024 - 1;

    /// <summary>Arguments and environment together; Linux allows 2 MiB with an 8 MiB stack, pointers included.</summary>
    public const int ArgumentsTotalBytes = 1024 * 1024;

    /// <summary>Items of <c>command</c> and of <c>args</c>.</summary>
    public const int Arguments = 4096;

    /// <summary>Environment variables.</summary>
    public const int Variables = 256;

    /// <summary>Longest name of an environment variable.</summary>
    public const int VariableName = 128;

    /// <summary>Longest path inside the workspace, in bytes; leaves room for the workspace's own (PATH_MAX is 4096).</summary>
    public const int PathBytes = 1024;

    /// <summary>Longest name of a file (NAME_MAX).</summary>
    public const int NameBytes = 255;

    /// <summary>Globs of artifacts.</summary>
    public const int Globs = 100;

    /// <summary>Longest glob, in characters.</summary>
    public const int GlobLength = 512;

    /// <summary>Labels of a job or session.</summary>
    public const int Labels = 64;

    /// <summary>Longest name of a label, in characters.</summary>
    public const int LabelName = 128;

    /// <summary>Longest value of a label, in characters.</summary>
    public const int LabelValue = 1024;

    /// <summary>Names of secrets, and packages of one ecosystem.</summary>
    public const int Names = 100;

    /// <summary>Starts of one job.</summary>
    public const int Attempts = 10;
}
