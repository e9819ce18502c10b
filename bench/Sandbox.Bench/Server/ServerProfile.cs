namespace Sandbox.Bench.Server;

/// <summary>How a server is started for some scenarios.</summary>
/// <param name="Name">Name in progress messages and results.</param>
/// <param name="Settings">Settings beyond the defaults, as environment variables.</param>
internal sealed record ServerProfile(string Name, IReadOnlyDictionary<string, string> Settings)
{
    /// <summary>Ready sandboxes of <see cref="Warm"/>, and jobs between two refills.</summary>
    public const int WarmPython = 8;

    /// <summary>Ready gVisor sandboxes of <see cref="WarmStrong"/>, and jobs between two refills.</summary>
    public const int StrongPython = 4;

    /// <summary>Ready sandboxes of <see cref="Pool20"/>.</summary>
    public const int LargePool = 20;

    /// <summary>As it comes, but for the least number of ready Python sandboxes.</summary>
    public static ServerProfile Warm { get; } = new("warm pool", new Dictionary<string, string>
    {
        ["Sandbox__Languages__python__WarmStandard"] = $"{WarmPython}",
    });

    /// <summary>With more gVisor sandboxes ready.</summary>
    public static ServerProfile WarmStrong { get; } = new("warm gVisor pool", new Dictionary<string, string>
    {
        ["Sandbox__Languages__python__WarmStrong"] = $"{StrongPython}",
    });

    /// <summary>With <see cref="LargePool"/> Python sandboxes ready.</summary>
    public static ServerProfile Pool20 { get; } = new("pool of 20", new Dictionary<string, string>
    {
        ["Sandbox__Languages__python__WarmStandard"] = $"{LargePool}",
    });

    /// <summary>Every sandbox is made when it is asked for.</summary>
    public static ServerProfile WithoutPool { get; } = new("no pool", new Dictionary<string, string>
    {
        ["Sandbox__Pool__Enabled"] = "false",
    });
}
