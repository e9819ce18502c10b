using System.Globalization;
using System.Text.Json;
using Sandbox.Api.Http;
using Sandbox.Api.Sandboxes;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Snapshots;

namespace Sandbox.Api.Snapshots.Requests;

/// <summary>Reads the requests of snapshots and forks strictly, and makes of them what the grains do.</summary>
internal static class SnapshotRequestMapping
{
    private const int NameLength = 128;
    private const double ShortestSeconds = 1;
    private const double LongestSnapshotSeconds = 3650 * 24 * 3600d;

    public static SnapshotRequest? ReadSnapshot(JsonElement root, RequestErrors errors) => Read(root, errors, static body => new SnapshotRequest
    {
        Name = body.String("name"),
        Memory = body.Boolean("memory"),
        TtlSeconds = body.Number("ttlSeconds"),
        Metadata = body.Map("metadata", RequestBounds.Labels),
    });

    public static ForkRequest? ReadFork(JsonElement root, RequestErrors errors) => Read(root, errors, static body => new ForkRequest
    {
        Count = body.Integer("count"),
        Memory = body.Boolean("memory"),
        TtlSeconds = body.Number("ttlSeconds"),
        Metadata = body.Map("metadata", RequestBounds.Labels),
    });

    /// <summary>The snapshot to make. Only of use when the errors are still empty afterwards.</summary>
    public static SnapshotSpec ToSpec(SnapshotRequest request, SessionId session, RequestErrors errors)
    {
        if (request.Name is { } name && (name.Length is 0 or > NameLength || name.Any(char.IsControl)))
            errors.Add("name", $"Has 1 to {NameLength} characters, none of them control characters.");
        SandboxMembers.CheckMetadata(request.Metadata, errors);
        CheckTtl(request.TtlSeconds, LongestSnapshotSeconds, errors);
        return new SnapshotSpec(session.ToString(), request.Name, request.Memory ?? false, request.TtlSeconds, request.Metadata ?? EmptyMaps.OfStrings);
    }

    /// <summary>The forks to make.</summary>
    public static ForkSpec ToFork(ForkRequest request, IPlatform platform, RequestErrors errors)
    {
        if (request.Count is < 1 or > ForkSpec.MaxCount)
            errors.Add("count", $"Must be a whole number from 1 to {ForkSpec.MaxCount}.");
        SandboxMembers.CheckMetadata(request.Metadata, errors);
        CheckTtl(request.TtlSeconds, platform.MaximumTtlSeconds, errors);
        return new ForkSpec((int)(errors.Has("count") ? 1 : request.Count ?? 1), request.Memory ?? false, request.TtlSeconds, request.Metadata);
    }

    private static void CheckTtl(double? seconds, double most, RequestErrors errors)
    {
        if (seconds is { } asked && !(asked >= ShortestSeconds && asked <= most))
            errors.Add("ttlSeconds", string.Create(CultureInfo.InvariantCulture, $"Must be from {ShortestSeconds} to {most}."));
    }

    private static T? Read<T>(JsonElement root, RequestErrors errors, Func<RequestObject, T> read)
        where T : class
    {
        if (RequestObject.Open(root, errors) is not { } body)
            return null;
        var request = read(body);
        body.RefuseUnknown();
        return request;
    }
}
