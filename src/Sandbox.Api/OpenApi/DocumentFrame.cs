using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Sandbox.Api.Tenants;

namespace Sandbox.Api.OpenApi;

/// <summary>Title, credentials, and the one route that the framework does not describe itself.</summary>
internal sealed class DocumentFrame : IOpenApiDocumentTransformer
{
    public const string BearerScheme = "bearer";
    public const string KeyScheme = "apiKey";

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Sandbox",
            Version = "1",
            Description = "Runs untrusted code in sandboxes. Errors are problem documents (RFC 9457) with a stable code.",
            License = new OpenApiLicense { Name = "All rights reserved", Identifier = "LicenseRef-All-Rights-Reserved" },
        };
        // Relative: wherever the document was fetched from is where the routes are.
        document.Servers = [new OpenApiServer { Url = "/" }];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [BearerScheme] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "An API key, or a JWT of the configured issuer." },
            [KeyScheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Header,
                Name = ApiKeyHandler.HeaderName,
                Description = "An API key.",
            },
        };
        document.Security = [Requirement(document, BearerScheme), Requirement(document, KeyScheme)];
        document.Paths["/metrics"] = Metrics(document);
        return Task.CompletedTask;
    }

    private static OpenApiSecurityRequirement Requirement(OpenApiDocument document, string scheme) =>
        new() { [new OpenApiSecuritySchemeReference(scheme, document)] = [] };

    private static OpenApiPathItem Metrics(OpenApiDocument document) => new()
    {
        Operations = new Dictionary<HttpMethod, OpenApiOperation>
        {
            [HttpMethod.Get] = new()
            {
                OperationId = "getMetrics",
                Summary = "Metrics",
                Description = "All metrics in the text format of Prometheus; for operators.",
                Tags = new HashSet<OpenApiTagReference> { new("Operation", document) },
                Responses = new OpenApiResponses
                {
                    ["200"] = new OpenApiResponse
                    {
                        Description = "OK",
                        Content = new Dictionary<string, OpenApiMediaType> { ["text/plain"] = new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String } } },
                    },
                    ["401"] = CommonResponses.ProblemResponse("Unauthorized", document),
                    ["403"] = CommonResponses.ProblemResponse("Forbidden", document),
                },
            },
        },
    };
}
