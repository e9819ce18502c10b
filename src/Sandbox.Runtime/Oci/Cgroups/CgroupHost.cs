namespace Sandbox.Runtime.Oci.Cgroups;

/// <summary>Which cgroup layout a host has.</summary>
internal enum CgroupLayout
{
    /// <summary>One tree per controller.</summary>
    V1,

    /// <summary>Controllers in version 1, and an empty version 2 tree beside them.</summary>
    Hybrid,

    /// <summary>One tree.</summary>
    V2,
}

/// <summary>Finds out how control groups are laid out here.</summary>
internal static class CgroupHost
{
    public const string Root = "/sys/fs/cgroup";

    public static CgroupLayout Detect(string root = Root)
    {
        if (File.Exists(Path.Combine(root, "cgroup.controllers")))
            return CgroupLayout.V2;
        return File.Exists(Path.Combine(root, "unified", "cgroup.procs")) ? CgroupLayout.Hybrid : CgroupLayout.V1;
    }

    public static ICgroupHierarchy Open(CgroupLayout layout, string root = Root) =>
        layout == CgroupLayout.V2 ? new CgroupV2(root) : new CgroupV1(root);
}
