using Sandbox.Packages.Cache;

namespace Sandbox.Packages.Python;

/// <summary>What pip asks for: <c>simple/numpy/</c>, and <c>files/numpy/SHA256/numpy-2.0-….whl</c>.</summary>
internal sealed class PythonPackages(PythonIndex index, PackageDownloads downloads) : IEcosystem
{
    /// <summary>The path below which it is.</summary>
    public const string Root = "/python/";

    /// <inheritdoc/>
    public string Name => Ecosystems.Python;

    /// <inheritdoc/>
    public string Prefix => Root;

    /// <inheritdoc/>
    public PackageTarget? Find(string path) => path.TrimEnd('/').Split('/') switch
    {
        ["simple", var name] when PythonName.Normal(name) is { } package => new PackageTarget(package),
        ["files", var name, var hash, var file] when PythonName.Normal(name) is { } package && ContentHash.Sha256(hash) is { } content
            && PythonFileName.VersionOf(package, file) is not null => new PackageTarget(package, file, content.Hex),
        _ => null,
    };

    /// <inheritdoc/>
    public async Task<PackageAnswer> Answer(PackageTarget target, PackageCall call)
    {
        if (!call.Allowed.Python.Names(target.Name))
            return PackageAnswer.Refusal(PackageReasons.NotAllowed, $"The policy does not allow the Python package {target.Name}.");
        if (await index.Files(target.Name, call.CancellationToken) is not { } files)
            return PackageAnswer.Missing($"The index has no Python package {target.Name}.");
        return target.File is null ? Page(target, files, call) : await File(target, files, call);
    }

    private static PackageAnswer Page(PackageTarget target, IReadOnlyList<PythonFile> files, PackageCall call)
    {
        var offered = files.Where(file => Allows(call, target.Name, file)).ToList();
        if (offered.Count == 0 && files.Count > 0)
            return PackageAnswer.Refusal(PackageReasons.VersionNotAllowed, $"The policy allows no version of the Python package {target.Name} that the index has.");
        return PythonPage.Write(
            target.Name, offered, call.Accept, file => $"{call.Base}{Root}files/{target.Name}/{file.Hash.Hex}/{Uri.EscapeDataString(file.Name)}");
    }

    private async Task<PackageAnswer> File(PackageTarget target, IReadOnlyList<PythonFile> files, PackageCall call)
    {
        if (files.FirstOrDefault(file => file.Name == target.File && file.Hash.Hex == target.Hash) is not { } file)
            return PackageAnswer.Missing($"The index has no such file of the Python package {target.Name}.");
        if (!Allows(call, target.Name, file))
        {
            return PackageAnswer.Refusal(
                PackageReasons.VersionNotAllowed, $"The policy does not allow version {file.VersionText} of the Python package {target.Name}.", file.VersionText);
        }

        var content = await downloads.Open(file.Hash, file.Source, index.Address, call.CancellationToken);
        try
        {
            if (file.IsWheel && call.Allowed.Python.DependenciesToo)
                call.Allowed.Python.Declare(WheelMetadata.Dependencies(content));
            return PackageAnswer.Content(content, file.VersionText);
        }
        catch
        {
            await content.DisposeAsync();
            throw;
        }
    }

    private static bool Allows(PackageCall call, string package, PythonFile file) =>
        call.Allowed.Python.Allows(package, range => range.Holds(file.Version, file.VersionText));
}
