namespace Sandbox.Api.Sandboxes;

/// <summary>Packages by ecosystem.</summary>
public sealed record PackagesRequest
{
    /// <summary>Python packages, as pip names them.</summary>
    public IReadOnlyList<string>? Python { get; init; }

    /// <summary>Node packages, as npm names them.</summary>
    public IReadOnlyList<string>? Node { get; init; }
}
