using System.ComponentModel.DataAnnotations;

namespace Sandbox.Api.Ports;

/// <summary>How ports of sandboxes are reached. Configuration section <c>Sandbox:Services</c>.</summary>
public sealed class PortProxyOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Sandbox:Services";

    /// <summary>
    /// Domain below which each port has a host name of its own, <c>{port}-{id}.domain</c>; every name below it has to lead here. Browsers
    /// need one: under one address, pages of one service could act as those of another. None by default; <c>localhost</c> does on one machine.
    /// </summary>
    [RegularExpression("^[a-z0-9]([a-z0-9-]*[a-z0-9])?([.][a-z0-9]([a-z0-9-]*[a-z0-9])?)*$")]
    public string? Domain { get; set; }

    /// <summary>Seconds without a byte in either direction after which a request, or a WebSocket, is given up. Default 300.</summary>
    [Range(1, 86_400)]
    public double IdleSeconds { get; set; } = 300;
}
