namespace Sandbox.Packages.Node;

/// <summary>Types of what a registry knows of a package.</summary>
internal static class NodePageTypes
{
    /// <summary>All of it.</summary>
    public const string Full = "application/json";

    /// <summary>What installing needs.</summary>
    public const string Abbreviated = "application/vnd.npm.install-v1+json";
}
