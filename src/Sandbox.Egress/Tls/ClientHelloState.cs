namespace Sandbox.Egress.Tls;

/// <summary>What the first bytes of a connection are.</summary>
internal enum ClientHelloState
{
    /// <summary>More bytes are needed.</summary>
    Incomplete,

    /// <summary>Not TLS.</summary>
    NotTls,

    /// <summary>The first message of TLS, whole.</summary>
    Complete,

    /// <summary>It begins like TLS, but is broken or too long.</summary>
    Malformed,
}
