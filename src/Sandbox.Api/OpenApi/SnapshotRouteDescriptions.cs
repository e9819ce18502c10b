using Microsoft.OpenApi;
using Sandbox.Api.Http;
using Sandbox.Api.Snapshots.Requests;

namespace Sandbox.Api.OpenApi;

/// <summary>What the document says of snapshots and forks.</summary>
internal static class SnapshotRouteDescriptions
{
    private static OpenApiSchema Text => new() { Type = JsonSchemaType.String };

    private static OpenApiSchema Key => new() { Type = JsonSchemaType.String, MinLength = 1, MaxLength = IdempotencyKey.MaxLength, Pattern = "^[!-~]+$" };

    public static void DescribeCreateSnapshot(this RouteHandlerBuilder route) => route
        .Describe(
            "createSnapshot",
            "Keep a session",
            """
            Stores the files of /workspace, encrypted, to begin new sessions with; /tmp is not part of it. Each file is as it is
            when its turn comes. With memory (isolation class strong), variables, processes and /tmp are kept, too. The
            session goes on, and the snapshot outlives it. The body may be left out.
            """)
        .Accepts<SnapshotRequest>("application/json")
        .WithHeader(IdempotencyKey.Header, Key, "Repeating a request with the same key makes one snapshot and answers with it.")
        .WithResponseHeader(201, "Location", "Path of the snapshot.")
        .WithResponseHeader(201, IdempotencyKey.ReplayedHeader, "true when an earlier request with this key made the snapshot.")
        .WithExamples(
            ("files", "The files alone", "{}"),
            ("memory", "With variables, for a day", """{"name": "after training", "memory": true, "ttlSeconds": 86400}"""))
        .Refuses(400, 404, 409, 410, 413, 415, 422);

    public static void DescribeForkSession(this RouteHandlerBuilder route) => route
        .Describe(
            "forkSession",
            "Fork a session",
            """
            Makes new sessions that begin with the files of this one, or, with memory (isolation class strong), go on where it is:
            all of them or none. This one goes on as before. Steps are not copied: each new session counts its own from 1. A
            step that runs is interrupted in the copies and keeps running here. The body may be left out.
            """)
        .Accepts<ForkRequest>("application/json")
        .WithHeader(IdempotencyKey.Header, Key, "Repeating a request with the same key forks once and answers with the same sessions.")
        .WithResponseHeader(201, IdempotencyKey.ReplayedHeader, "true when an earlier request with this key made the sessions.")
        .WithExamples(("five", "Five with variables", """{"count": 5, "memory": true}"""))
        .Refuses(400, 404, 409, 410, 413, 415, 422, 429);

    public static void DescribeListSnapshots(this RouteHandlerBuilder route) => route
        .Describe("listSnapshots", "List snapshots", "Snapshots of the tenant, newest first.")
        .WithQuery("sessionId", Text, "Only snapshots of this session.")
        .WithQuery("limit", new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1", Maximum = "1000", Default = 50 }, "Most snapshots of a page.")
        .WithQuery("cursor", Text, "nextCursor of the page before.")
        .WithQuery("metadata.{name}", Text, "Only snapshots with this value of a label, such as metadata.run=42. May be given for several labels.")
        .Refuses(400);

    public static void DescribeGetSnapshot(this RouteHandlerBuilder route) => route
        .Describe("getSnapshot", "Get a snapshot", "What it is of, and how large.")
        .Refuses(404);

    public static void DescribeDeleteSnapshot(this RouteHandlerBuilder route) => route
        .Describe("deleteSnapshot", "Delete a snapshot", "Removes its content and the key that it was encrypted with. Sessions that began with it stay.")
        .Refuses(404);
}
