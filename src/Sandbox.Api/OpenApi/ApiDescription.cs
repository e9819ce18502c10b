using Scalar.AspNetCore;

namespace Sandbox.Api.OpenApi;

/// <summary>The OpenAPI document and the reference page made from it, open to everybody.</summary>
internal static class ApiDescription
{
    public const string DocumentPath = "/openapi/{documentName}.json";

    public static IServiceCollection AddApiDescription(this IServiceCollection services) =>
        services.AddOpenApi("v1", static options => options
            .AddDocumentTransformer<DocumentFrame>()
            .AddDocumentTransformer<PlainSchemas>()
            .AddOperationTransformer<CommonResponses>());

    public static void MapApiDescription(this IEndpointRouteBuilder routes)
    {
        routes.MapOpenApi(DocumentPath).AllowAnonymous();
        routes.MapScalarApiReference("/docs", static options => options.WithTitle("Sandbox").DisableDefaultFonts()).AllowAnonymous();
    }
}
