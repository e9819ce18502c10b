using System.Net;
using System.Net.Http.Json;

namespace Sandbox.EndToEnd.Tests.Testing;

/// <summary>A snapshot as the interface answers with it.</summary>
internal sealed record Snapshot(
    string Id, string SessionId, string? Name, bool Memory, long SizeBytes, long Skipped, string Language, string Isolation, IReadOnlyDictionary<string, string> Metadata);

internal sealed record SnapshotPage(IReadOnlyList<Snapshot> Items, string? NextCursor);

internal sealed record ForkList(IReadOnlyList<Session> Items, long? Skipped);

/// <summary>Snapshots and forks as a caller uses them.</summary>
internal static class SnapshotClient
{
    public static async Task<Snapshot> Keep(this SessionClient session, CancellationToken cancellationToken, object? request = null)
    {
        using var answer = await session.Http.PostAsJsonAsync(session.Path + "/snapshot", request ?? new { }, cancellationToken);
        return await SessionClient.ReadAs<Snapshot>(answer, HttpStatusCode.Created, cancellationToken);
    }

    public static async Task<IReadOnlyList<SessionClient>> Fork(this SessionClient session, SandboxClient client, object request, CancellationToken cancellationToken) =>
        [.. (await session.ForkAs(request, cancellationToken)).Items.Select(fork => new SessionClient(client, fork.Id))];

    /// <summary>The answer to a fork.</summary>
    public static async Task<ForkList> ForkAs(this SessionClient session, object request, CancellationToken cancellationToken)
    {
        using var answer = await session.Http.PostAsJsonAsync(session.Path + "/fork", request, cancellationToken);
        return await SessionClient.ReadAs<ForkList>(answer, HttpStatusCode.Created, cancellationToken);
    }

    public static async Task<IReadOnlyList<Snapshot>> Snapshots(this SandboxClient client, string query, CancellationToken cancellationToken)
    {
        using var answer = await client.Http.GetAsync("/v1/snapshots?" + query, cancellationToken);
        return (await SessionClient.ReadAs<SnapshotPage>(answer, HttpStatusCode.OK, cancellationToken)).Items;
    }

    /// <summary>Posts to a session's route with a body, and says the code of the problem that comes back.</summary>
    public static async Task<string> Refused(this SandboxClient client, string path, object request, HttpStatusCode status, CancellationToken cancellationToken)
    {
        using var answer = await client.Http.PostAsJsonAsync(path, request, cancellationToken);
        return await SessionClient.CodeOf(answer, status, cancellationToken);
    }
}
