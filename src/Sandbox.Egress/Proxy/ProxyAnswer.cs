using Sandbox.Egress.Rules;

namespace Sandbox.Egress.Proxy;

/// <summary>What a program inside is answered where there is no connection for it.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Phrase">Its reason phrase.</param>
/// <param name="Text">A sentence for people.</param>
/// <param name="Code">Machine-readable, in the header <c>X-Sandbox-Egress</c>.</param>
internal sealed record ProxyAnswer(int Status, string Phrase, string Text, string Code)
{
    /// <summary>Header that names the reason.</summary>
    public const string Header = "X-Sandbox-Egress";

    /// <summary>The request is none that a proxy understands.</summary>
    public static readonly ProxyAnswer Malformed = new(400, "Bad Request", "This is the proxy of a sandbox: it takes CONNECT host:port, or a request for an http:// URL.", "malformed_request");

    /// <summary>The record could not be written, so that nothing was connected.</summary>
    public static readonly ProxyAnswer Unrecorded = new(503, "Service Unavailable", "The connection could not be recorded and was not made.", "not_recorded");

    /// <summary>The host's certificate is not valid, or it speaks no TLS: nothing was sent.</summary>
    public static readonly ProxyAnswer TlsFailed = new(502, "Bad Gateway", "The host could not be verified by TLS, and was sent nothing.", "tls_failed");

    /// <summary>It would be answered with what it was sent, secrets included.</summary>
    public static readonly ProxyAnswer NoTrace = new(405, "Method Not Allowed", "TRACE is not for hosts that are sent a secret.", "method_not_allowed");

    /// <summary>Refused by the policy (403), or not there (502).</summary>
    public static ProxyAnswer Of(EgressReason reason) => reason.IsRefusal()
        ? new ProxyAnswer(403, "Forbidden", reason.Text(), reason.Code())
        : new ProxyAnswer(502, "Bad Gateway", reason.Text(), reason.Code());

    /// <summary>The answer as it goes over a connection that then ends.</summary>
    public string ToHttp() =>
        $"HTTP/1.1 {Status} {Phrase}\r\n{Header}: {Code}\r\nContent-Type: text/plain\r\nContent-Length: {Text.Length + 1}\r\nConnection: close\r\n\r\n{Text}\n";
}
