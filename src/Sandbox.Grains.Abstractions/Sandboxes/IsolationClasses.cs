namespace Sandbox.Grains.Abstractions.Sandboxes;

/// <summary>The isolation classes that a request can ask for.</summary>
public static class IsolationClasses
{
    /// <summary>Kernel namespaces, by runc or crun.</summary>
    public const string Standard = "standard";

    /// <summary>A user-space kernel between the code and the host: gVisor.</summary>
    public const string Strong = "strong";
}
