using Sandbox.Grains.Abstractions.Services;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Api.Ports;

/// <summary>Which port a request is for: said by its path, or by its host.</summary>
/// <param name="Id">The service or session.</param>
/// <param name="Port">The port; null for the one of the service.</param>
/// <param name="Prefix">The path that leads to it, without a slash at its end; empty where the host does.</param>
/// <param name="Segments">How many parts of the path are ours.</param>
internal sealed record PortDoor(string Id, int? Port, string Prefix, int Segments)
{
    /// <summary>The service; null where it is a session's port.</summary>
    public ServiceId? Service => ServiceId.TryParse(Id, out var id) ? id : null;

    /// <summary>The session; null where it is a service's port.</summary>
    public SessionId? Session => SessionId.TryParse(Id, out var id) ? id : null;

    /// <summary>Whether the host leads to it, and so no other port has the same origin.</summary>
    public bool HasOwnOrigin { get; init; } = Segments == 0;

    /// <summary>The door of a request; null where it is none.</summary>
    public static PortDoor? Of(HttpContext context)
    {
        if (context.Features.Get<PortDoor>() is { } byHost)
            return byHost;
        return context.GetEndpoint()?.Metadata.GetMetadata<PortRouteKind>() is { } kind ? kind.DoorOf(context) : null;
    }
}

/// <summary>Marks routes whose path leads to a port.</summary>
internal sealed class PortRouteKind(bool isService)
{
    private const int ServiceSegments = 4;
    private const int SessionSegments = 6;

    public PortDoor? DoorOf(HttpContext context)
    {
        if (context.GetRouteValue("id") is not string id)
            return null;
        if (isService)
            return new PortDoor(id, null, $"/v1/services/{id}/proxy", ServiceSegments);
        return int.TryParse(context.GetRouteValue("port") as string, out var port)
            ? new PortDoor(id, port, $"/v1/sessions/{id}/ports/{port}/proxy", SessionSegments)
            : null;
    }
}
