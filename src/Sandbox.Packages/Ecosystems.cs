namespace Sandbox.Packages;

/// <summary>Where a package comes from.</summary>
public static class Ecosystems
{
    /// <summary>Packages that pip installs.</summary>
    public const string Python = "python";

    /// <summary>Packages that npm installs.</summary>
    public const string Node = "node";
}
