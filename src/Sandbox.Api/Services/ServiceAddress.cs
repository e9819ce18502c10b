using Sandbox.Api.Ports;

namespace Sandbox.Api.Services;

/// <summary>Where clients reach services, as seen from a request.</summary>
internal sealed class ServiceAddress(HttpRequest request, ApiOptions api, PortProxyOptions ports)
{
    public string ProxyUrlOf(string id) => $"{api.PublicUrl?.AbsoluteUri.TrimEnd('/') ?? $"{request.Scheme}://{request.Host}"}/v1/services/{id}/proxy/";

    /// <summary>Null where the installation has no domain for services.</summary>
    public string? HostUrlOf(string id, int port)
    {
        if (ports.Domain is not { } domain)
            return null;
        var (scheme, at) = api.PublicUrl is { } url ? (url.Scheme, url.IsDefaultPort ? null : (int?)url.Port) : (request.Scheme, request.Host.Port);
        return $"{scheme}://{port}-{id}.{domain}{(at is null ? "" : $":{at}")}/";
    }
}
