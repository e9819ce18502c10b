using Sandbox.Packages.Cache;

namespace Sandbox.Packages.Node;

/// <summary>
/// What npm asks for: <c>lodash</c>, <c>@scope%2fname</c>, and <c>lodash/-/lodash-4.17.21.tgz</c>, which is the registry's own form:
/// lock files that name the registry lead here too.
/// </summary>
internal sealed class NodePackages(NodeRegistry registry, NodeDependencies dependencies, PackageDownloads downloads) : IEcosystem
{
    /// <summary>The path below which it is.</summary>
    public const string Root = "/node/";

    private const string Tarball = ".tgz";
    private const int MaxFileName = 512;

    /// <inheritdoc/>
    public string Name => Ecosystems.Node;

    /// <inheritdoc/>
    public string Prefix => Root;

    /// <inheritdoc/>
    public PackageTarget? Find(string path)
    {
        // The slash behind a scope is still encoded: it might have been none.
        path = path.Replace("%2f", "/", StringComparison.OrdinalIgnoreCase);
        var parts = path.Split("/-/");
        if (parts.Length > 2 || !NodeName.IsOne(parts[0]))
            return null;
        if (parts.Length == 1)
            return new PackageTarget(parts[0]);
        return parts[1].Length <= MaxFileName && parts[1].EndsWith(Tarball, StringComparison.Ordinal) && VersionOf(parts[0], parts[1]) is not null
            ? new PackageTarget(parts[0], parts[1])
            : null;
    }

    /// <inheritdoc/>
    public async Task<PackageAnswer> Answer(PackageTarget target, PackageCall call)
    {
        if (target.File is not null && call.Allowed.Node.DependenciesToo && !call.Allowed.Node.Names(target.Name))
            await dependencies.Search(target.Name, call.Allowed.Node, call.CancellationToken);
        if (!call.Allowed.Node.Names(target.Name))
            return PackageAnswer.Refusal(PackageReasons.NotAllowed, $"The policy does not allow the Node package {target.Name}.");
        var abbreviated = target.File is not null || call.Accept.Contains(NodePageTypes.Abbreviated, StringComparison.OrdinalIgnoreCase);
        if (await registry.Packument(target.Name, abbreviated, call.CancellationToken) is not { } packument)
            return PackageAnswer.Missing($"The registry has no Node package {target.Name}.");
        return target.File is null ? Page(target, packument, abbreviated, call) : await File(target, packument, call);
    }

    private static PackageAnswer Page(PackageTarget target, NodePackument packument, bool abbreviated, PackageCall call)
    {
        var offered = packument.Releases.Where(release => Allows(call, target.Name, release)).ToList();
        if (offered.Count == 0)
            return PackageAnswer.Refusal(PackageReasons.VersionNotAllowed, $"The policy allows no version of the Node package {target.Name} that the registry has.");
        if (call.Allowed.Node.DependenciesToo)
            call.Allowed.Node.Declare(offered.SelectMany(release => release.DependsOn()));
        return NodePage.Write(
            packument, offered, abbreviated, release => $"{call.Base}{Root}{target.Name}/-/{NodeName.Unscoped(target.Name)}-{Uri.EscapeDataString(release.Text)}{Tarball}");
    }

    private async Task<PackageAnswer> File(PackageTarget target, NodePackument packument, PackageCall call)
    {
        var version = VersionOf(target.Name, target.File!);
        if (packument.Releases.FirstOrDefault(release => release.Text == version) is not { } release)
            return PackageAnswer.Missing($"The registry has no such version of the Node package {target.Name}.");
        if (!Allows(call, target.Name, release))
        {
            return PackageAnswer.Refusal(
                PackageReasons.VersionNotAllowed, $"The policy does not allow version {release.Text} of the Node package {target.Name}.", release.Text);
        }

        // Who installs from a lock file asks for no page.
        if (call.Allowed.Node.DependenciesToo)
            call.Allowed.Node.Declare(release.DependsOn());
        return PackageAnswer.Content(await downloads.Open(release.Hash, release.Source, registry.Address, call.CancellationToken), release.Text);
    }

    private static string? VersionOf(string package, string file)
    {
        var prefix = NodeName.Unscoped(package) + "-";
        return file.StartsWith(prefix, StringComparison.Ordinal) && file.Length > prefix.Length + Tarball.Length ? file[prefix.Length..^Tarball.Length] : null;
    }

    private static bool Allows(PackageCall call, string package, NodeRelease release) =>
        call.Allowed.Node.Allows(package, range => range.Holds(release.Version));
}
