using Scalar.AspNetCore;

namespace Sandbox.Api.OpenApi;

/// <summary>The OpenAPI document and the reference page made from it, open to everybody.</summary>
internal static class ApiDescription
{
    public const string DocumentPath = "/openapi/{documentName}.json";

    private const string PagePath = "/docs";

    // The page's script comes with the server; whatever else it would fetch from elsewhere stays unfetched.
    private const string PagePolicy =
        "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        + "font-src 'self' data:; worker-src 'self' blob:; frame-ancestors 'none'";

    public static IServiceCollection AddApiDescription(this IServiceCollection services) =>
        services.AddOpenApi("v1", static options => options
            .AddDocumentTransformer<DocumentFrame>()
            .AddDocumentTransformer<DocumentTags>()
            .AddDocumentTransformer<PlainSchemas>()
            .AddOperationTransformer<CommonResponses>());

    public static void UseApiDescription(this IApplicationBuilder app) => app.Use(static (context, next) =>
    {
        if (context.Request.Path.StartsWithSegments(PagePath))
            context.Response.Headers.ContentSecurityPolicy = PagePolicy;
        return next(context);
    });

    public static void MapApiDescription(this IEndpointRouteBuilder routes)
    {
        routes.MapOpenApi(DocumentPath).AllowAnonymous();
        routes.MapScalarApiReference(PagePath, static options => options.WithTitle("Sandbox").DisableDefaultFonts()).AllowAnonymous();
    }
}
