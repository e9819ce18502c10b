using System.ComponentModel.DataAnnotations;

namespace Sandbox.Api.Tenants;

/// <summary>
/// How credentials are checked; section <c>Authentication</c>. Tokens are configured beside it by ASP.NET Core's own settings,
/// <c>Authentication:Schemes:Bearer</c>.
/// </summary>
public sealed class CredentialOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Authentication";

    /// <summary>By how many seconds the clock of who issues tokens may differ; 0 to 300, by default 30.</summary>
    [Range(0, 300)]
    public int ClockSkewSeconds { get; set; } = 30;

    /// <summary>
    /// Lets requests from this machine in without a credential, as operator. Only in the environment Development; in any other
    /// the process does not start. Each use is on the audit record. By default false.
    /// </summary>
    public bool DevelopmentBypass { get; set; }

    /// <summary>
    /// Requests a second that an address may make with credentials that are not known to be good, or none; 1 to 100000, by default 20.
    /// Behind a proxy, all clients have its address.
    /// </summary>
    [Range(1, 100_000)]
    public int StrangerRequestsPerSecond { get; set; } = 20;

    /// <summary>How many of these may come at once; 1 to 100000, by default 200.</summary>
    [Range(1, 100_000)]
    public int StrangerRequestBurst { get; set; } = 200;
}
