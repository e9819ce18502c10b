namespace Sandbox.Client;

/// <summary>A secret to be stored.</summary>
public sealed record SecretRequest
{
    /// <summary>The value as text: 8 to 32768 bytes of UTF-8. Either this or valueBase64.</summary>
    public string? Value { get; init; }

    /// <summary>The value as bytes.</summary>
    public byte[]? ValueBase64 { get; init; }

    /// <summary>How it is used: environment (the default), file, or header (the default where hosts are named).</summary>
    public string? As { get; init; }

    /// <summary>Hosts that are sent the header, each as a name, or name:port where TLS is spoken on another port than 443.</summary>
    public IReadOnlyList<string>? Hosts { get; init; }

    /// <summary>The header with {} where the value goes. Default: Authorization: Bearer {}</summary>
    public string? Header { get; init; }

    /// <summary>Nothing of the value: it does not belong into logs.</summary>
    public override string ToString() => nameof(SecretRequest);
}
