using Microsoft.Extensions.DependencyInjection.Extensions;
using Sandbox.Api.Http;
using Sandbox.Api.Tenants;

namespace Sandbox.Api.DynamicSessions;

/// <summary>
/// The door for clients of Azure Container Apps dynamic sessions, in both dialects: the address here is what they call the management
/// endpoint of a pool. The contract is Azure's, and so no part of the document of our interface.
/// </summary>
internal static class DynamicSessionEndpoints
{
    /// <summary>Below this the pool answers.</summary>
    public const string Path = "/azure";

    public static IServiceCollection AddDynamicSessions(this IServiceCollection services)
    {
        services.AddOptions<DynamicSessionOptions>().BindConfiguration(DynamicSessionOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton<PooledSessions>();
        services.TryAddSingleton<Executions>();
        services.TryAddSingleton<PoolFiles>();
        return services;
    }

    public static void MapDynamicSessions(this IEndpointRouteBuilder routes) => routes
        .MapMethods($"{Path}/{{**rest}}", ["GET", "POST", "DELETE"], Answer)
        .WithMetadata(new DynamicSessionErrors())
        .RequireAuthorization(ApiAuthentication.Use)
        .ExcludeFromDescription();

    private static async Task<IResult> Answer(HttpContext context, Executions executions, PoolFiles files)
    {
        var errors = new RequestErrors();
        if (PoolRequest.Read(context, errors) is not { } request)
            return ProblemResult.From(errors);
        return (context.Request.Method, request.Parts.ToArray()) switch
        {
            ("POST", ["executions"]) => await executions.Run(context, request),
            ("GET", ["executions", var id]) => await executions.Get(context, request, id),
            ("POST", ["code", "execute"]) => await executions.RunOld(context, request, isFlat: false),
            ("POST", ["python", "execute"]) => await executions.RunOld(context, request, isFlat: true),
            ("GET", ["files"]) => await files.List(context, request),
            ("POST", ["files"]) => await files.Upload(context, request, isOld: false),
            ("POST", ["files", "upload"] or ["python", "uploadFile"]) => await files.Upload(context, request, isOld: true),
            ("GET", ["python", "downloadFile"]) => await files.Download(context, request, context.Request.Query["filename"].ToString()),
            ("GET", ["files", "content", .. var name]) when request.IsOld => await files.Download(context, request, string.Join('/', name)),
            ("GET", ["files", .. var name, "content"]) when name is not [] => await files.Download(context, request, string.Join('/', name)),
            ("GET", ["files", .. var name]) => await files.Get(context, request, string.Join('/', name)),
            ("DELETE", ["files", .. var name]) when name is not [] => await files.Delete(context, request, string.Join('/', name)),
            _ => ProblemResult.NotFound(),
        };
    }
}
