using Microsoft.Extensions.DependencyInjection.Extensions;
using Sandbox.Api.E2b.Envd;
using Sandbox.Api.E2b.Interpreter;
using Sandbox.Api.E2b.Routing;
using Sandbox.Api.Tenants;

namespace Sandbox.Api.E2b.Sandboxes;

/// <summary>
/// The door for E2B's own clients: their control plane, on paths of theirs, beside the interface of ours. Requests into sandboxes are told
/// by <see cref="SandboxPlane"/>. The contract is E2B's, and so no part of the document of our interface.
/// </summary>
internal static class E2bEndpoints
{
    private static readonly (string Path, string Why)[] Absent =
    [
        ("/templates", "Templates are made over /v1/templates, and not by builds of E2B's."),
        ("/v2/templates", "Templates are made over /v1/templates, and not by builds of E2B's."),
        ("/v3/templates", "Templates are made over /v1/templates, and not by builds of E2B's."),
        ("/volumes", "There are no volumes: files that outlive a sandbox are artifacts and snapshots."),
        ("/volumecontent", "There are no volumes: files that outlive a sandbox are artifacts and snapshots."),
        ("/secrets", "Secrets are kept over /v1/secrets."),
    ];

    public static IServiceCollection AddE2b(this IServiceCollection services)
    {
        services.TryAddSingleton<SandboxTokens>();
        services.TryAddSingleton<SandboxViews>();
        services.TryAddSingleton<SandboxDoor>();
        services.TryAddSingleton<SandboxRoutes>();
        services.TryAddSingleton<SandboxPorts>();
        services.TryAddSingleton<EnvdFiles>();
        services.TryAddSingleton<SignedFiles>();
        services.TryAddSingleton<ProcessCalls>();
        services.TryAddSingleton<FolderCalls>();
        services.TryAddSingleton<CodeCalls>();
        services.TryAddSingleton<ContextCalls>();
        return services;
    }

    public static void MapE2b(this IEndpointRouteBuilder routes)
    {
        var door = routes.MapGroup(string.Empty).WithMetadata(new ControlErrors()).RequireAuthorization(ApiAuthentication.Use).ExcludeFromDescription();
        foreach (var version in new[] { "/sandboxes", "/v2/sandboxes" })
        {
            var sandboxes = door.MapGroup(version);
            sandboxes.MapGet("", SandboxEndpoints.List);
            sandboxes.MapGet("/{id}", SandboxEndpoints.Get);
            sandboxes.MapDelete("/{id}", SandboxEndpoints.Kill);
            sandboxes.MapPost("/{id}/timeout", SandboxEndpoints.SetTimeout);
            sandboxes.MapPost("/{id}/connect", SandboxEndpoints.Connect);
            sandboxes.MapPost("/{id}/pause", SandboxEndpoints.Pause);
            sandboxes.MapPost("/{id}/fork", SnapshotCalls.Fork);
            sandboxes.MapPost("/{id}/snapshots", SnapshotCalls.Create);
            sandboxes.MapPut("/{id}/network", static () => NotHere("What a sandbox may reach is said by the tenant's policy, and not by a request."));
            sandboxes.MapGet("/{id}/metrics", SandboxMetrics.Get);
        }

        door.MapPost("/v2/sandboxes", SandboxEndpoints.Create);
        door.MapPost("/sandboxes", SandboxEndpoints.CreateOld);
        door.MapGet("/snapshots", SnapshotCalls.List);
        door.MapDelete("/templates/{id}", SnapshotCalls.Delete);
        foreach (var (path, why) in Absent)
        {
            door.Map(path, () => NotHere(why));
            door.Map($"{path}/{{**rest}}", () => NotHere(why));
        }

        routes.MapMethods("/files", ["GET", "POST"], static (HttpContext context, SignedFiles files) => files.Answer(context))
            .AllowAnonymous()
            .WithMetadata(new SandboxErrors(StatusCodes.Status401Unauthorized))
            .ExcludeFromDescription();
    }

    private static IResult NotHere(string why) =>
        Results.Json(new DoorError(StatusCodes.Status501NotImplemented, why), E2bJson.Default.DoorError, statusCode: StatusCodes.Status501NotImplemented);
}
