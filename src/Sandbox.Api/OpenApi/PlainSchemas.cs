using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Sandbox.Api.OpenApi;

/// <summary>
/// Takes null out of the schemas: no answer carries one, and in a request it is the same as leaving the member out.
/// Generated clients so get optional members rather than optional ones that may be null as well.
/// </summary>
internal sealed class PlainSchemas : IOpenApiDocumentTransformer
{
    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        foreach (var schema in (document.Components?.Schemas?.Values ?? []).OfType<OpenApiSchema>())
        {
            if (schema.Enum is { Count: > 0 })
                schema.Type ??= JsonSchemaType.String;
            foreach (var (name, member) in schema.Properties?.ToArray() ?? [])
                schema.Properties![name] = WithoutNull(member);
        }
        return Task.CompletedTask;
    }

    private static IOpenApiSchema WithoutNull(IOpenApiSchema schema)
    {
        if (schema.OneOf is [{ Type: JsonSchemaType.Null }, var other])
            return other;
        if (schema is OpenApiSchema { Type: { } type } plain)
            plain.Type = type & ~JsonSchemaType.Null;
        return schema;
    }
}
