namespace Sandbox.Api.Artifacts.Requests;

/// <summary>What a signed URL shall be.</summary>
public sealed record ArtifactUrlRequest
{
    /// <summary>Seconds that it is good for.</summary>
    public double? ExpiresInSeconds { get; init; }

    /// <summary>GET, with which HEAD goes as well, or HEAD alone. GET where left out.</summary>
    public string? Method { get; init; }
}
