using System.ComponentModel.DataAnnotations;

namespace Sandbox.Api.DynamicSessions;

/// <summary>The door for clients of Azure's dynamic sessions. Configuration section <c>Sandbox:DynamicSessions</c>.</summary>
public sealed class DynamicSessionOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Sandbox:DynamicSessions";

    /// <summary>Seconds without a call after which the session of an identifier ends, where policy does not want it sooner.</summary>
    [Range(1, 31_536_000)]
    public double CooldownSeconds { get; set; } = 300;
}
