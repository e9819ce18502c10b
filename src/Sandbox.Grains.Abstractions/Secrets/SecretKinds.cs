namespace Sandbox.Grains.Abstractions.Secrets;

/// <summary>How a secret is used. Part of the public interface: never renamed.</summary>
public static class SecretKinds
{
    /// <summary>A variable of the environment of what runs in the sandbox.</summary>
    public const string Environment = "environment";

    /// <summary>A file in memory in the sandbox.</summary>
    public const string File = "file";

    /// <summary>A header of requests to certain hosts, set on their way out: the sandbox never sees it.</summary>
    public const string Header = "header";

    /// <summary>Where the value goes in the text of a header.</summary>
    public const string HeaderPlace = "{}";

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<string> All = [Environment, File, Header];
}
