using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Sandbox.Api.Http;
using Sandbox.Api.Tenants;

namespace Sandbox.Api.OpenApi;

/// <summary>What every route that needs a credential can answer and be asked, so that no route has to say it.</summary>
internal sealed class CommonResponses : IOpenApiOperationTransformer
{
    private static readonly (string Status, string Description)[] Common =
    [
        ("400", "Bad Request"),
        ("401", "Unauthorized"),
        ("403", "Forbidden"),
        ("404", "Not Found"),
        ("429", "Too Many Requests"),
        ("500", "Internal Server Error"),
        ("503", "Service Unavailable"),
    ];

    public async Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<IAllowAnonymous>().Any())
        {
            operation.Security = [];
            return;
        }
        operation.Responses ??= [];
        var schema = await context.GetOrCreateSchemaAsync(typeof(Problem), null, cancellationToken);
        context.Document?.AddComponent(nameof(Problem), schema);
        foreach (var (status, description) in Common)
            operation.Responses.TryAdd(status, ProblemResponse(description, context.Document!));
        operation.Parameters ??= [];
        operation.Parameters.Add(new OpenApiParameter
        {
            In = ParameterLocation.Header,
            Name = CallerResolution.TenantHeader,
            Schema = new OpenApiSchema { Type = JsonSchemaType.String, Pattern = "^[a-z0-9_-]{1,64}$" },
            Description = "Tenant to act in; for operators.",
        });
    }

    public static OpenApiResponse ProblemResponse(string description, OpenApiDocument document) => new()
    {
        Description = description,
        Content = new Dictionary<string, OpenApiMediaType>
        {
            [RouteDescriptions.ProblemType] = new OpenApiMediaType { Schema = new OpenApiSchemaReference(nameof(Problem), document) },
        },
    };
}
