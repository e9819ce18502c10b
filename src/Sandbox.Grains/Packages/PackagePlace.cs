using Sandbox.Runtime.Templates;

namespace Sandbox.Grains.Packages;

/// <summary>Where pip and npm put packages, as arguments of theirs.</summary>
/// <param name="Python">What pip is told.</param>
/// <param name="Node">What npm is told.</param>
internal sealed record PackagePlace(IReadOnlyList<string> Python, IReadOnlyList<string> Node)
{
    /// <summary>Where the sandbox's user has packages.</summary>
    public static PackagePlace User { get; } = new([], ["--no-save"]);

    /// <summary>A folder that becomes the layer of a template. npm notes there what was asked for: otherwise it would remove that the next time.</summary>
    public static PackagePlace In(string folder) =>
        new(["--upgrade", "--target", $"{folder}/{PackageLayer.Python}"], ["--save", "--prefix", $"{folder}/{PackageLayer.Node}"]);
}
