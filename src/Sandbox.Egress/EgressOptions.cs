using System.ComponentModel.DataAnnotations;

namespace Sandbox.Egress;

/// <summary>Bounds of what sandboxes may do with the network that a policy opens. Configuration section <c>Sandbox:Egress</c>.</summary>
public sealed class EgressOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Sandbox:Egress";

    /// <summary>
    /// Ranges of private, link-local, loopback, metadata and the node's own addresses that policies of tenants may open, such as
    /// <c>10.1.0.0/16</c>. None unless they are named here: a tenant's admin is not the operator of the network around the node.
    /// </summary>
    public IReadOnlyList<string> SpecialRanges { get; set; } = [];

    /// <summary>
    /// A file of certificates in PEM: authorities that count beside the system's where the node itself speaks TLS with a host, to
    /// send it a secret or an event. None by default.
    /// </summary>
    public string? AuthoritiesFile { get; set; }

    /// <summary>Connections of one sandbox that are open at one time; programs that want more wait.</summary>
    [Range(1, 64)]
    public int MaxConnections { get; set; } = 48;

    /// <summary>Connections that one sandbox may ask for in a minute, refused ones included; programs that want more wait.</summary>
    [Range(1, 100_000)]
    public int MaxConnectionsPerMinute { get; set; } = 1200;

    /// <summary>Bytes that one sandbox may send and receive together; what would exceed it is cut.</summary>
    [Range(0, long.MaxValue)]
    public long MaxBytes { get; set; } = 10L << 30;

    /// <summary>Longest time for resolving a name and connecting, in seconds.</summary>
    [Range(1, 300)]
    public int ConnectTimeoutSeconds { get; set; } = 15;

    /// <summary>Longest time for a program to say where it wants to go, in seconds.</summary>
    [Range(1, 300)]
    public int RequestTimeoutSeconds { get; set; } = 30;

    /// <summary>A connection on which nothing has moved for this long is cut, in seconds.</summary>
    [Range(1, 86_400)]
    public int IdleTimeoutSeconds { get; set; } = 600;
}
