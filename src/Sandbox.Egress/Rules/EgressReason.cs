namespace Sandbox.Egress.Rules;

/// <summary>Why a connection out of a sandbox is refused.</summary>
internal enum EgressReason
{
    /// <summary>The target is neither a host name nor an address in its usual notation.</summary>
    MalformedTarget,

    /// <summary>No rule has the name.</summary>
    NameNotAllowed,

    /// <summary>A rule has the name or the address, but none has it with this port.</summary>
    PortNotAllowed,

    /// <summary>An address was asked for, and no range rule holds it.</summary>
    AddressNotAllowed,

    /// <summary>The address is private, special or the node's own, and no range rule names it.</summary>
    AddressReserved,

    /// <summary>The name has no address.</summary>
    NameNotFound,

    /// <summary>No address that may be used took the connection in time.</summary>
    Unreachable,

    /// <summary>The program, or the sandbox's work, ended before the connection was made.</summary>
    Cancelled,

    /// <summary>What the connection begins with is not TLS, on the port of TLS.</summary>
    TlsExpected,

    /// <summary>The client's first message is TLS, but is broken or too long.</summary>
    TlsMalformed,

    /// <summary>TLS without the server's name, or with another than the one that was asked for.</summary>
    TlsNameDiffers,
}
