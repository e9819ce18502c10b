using System.Collections.Frozen;

namespace Sandbox.Packages;

/// <summary>How programs in a sandbox find the gateway.</summary>
public static class PackageGateway
{
    /// <summary>The host that they ask, through their proxy and without TLS.</summary>
    public const string Host = "packages.sandbox";

    /// <summary>The variables that let pip and npm use it, and keep both from asking for anything else.</summary>
    public static IReadOnlyDictionary<string, string> Environment { get; } = new Dictionary<string, string>
    {
        ["PIP_INDEX_URL"] = $"http://{Host}{Python.PythonPackages.Root}simple/",
        ["PIP_TRUSTED_HOST"] = Host,
        ["PIP_NO_INPUT"] = "1",
        ["PIP_DISABLE_PIP_VERSION_CHECK"] = "1",
        ["PIP_ROOT_USER_ACTION"] = "ignore",
        // The Python of a distribution refuses to install beside its own packages. A sandbox has no system to break.
        ["PIP_BREAK_SYSTEM_PACKAGES"] = "1",
        ["npm_config_registry"] = $"http://{Host}{Node.NodePackages.Root}",
        ["npm_config_audit"] = "false",
        ["npm_config_fund"] = "false",
        ["npm_config_update_notifier"] = "false",
    }.ToFrozenDictionary();
}
