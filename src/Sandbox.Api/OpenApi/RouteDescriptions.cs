using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Sandbox.Api.Http;

namespace Sandbox.Api.OpenApi;

/// <summary>The words by which routes describe themselves.</summary>
internal static class RouteDescriptions
{
    public const string ProblemType = "application/problem+json";

    /// <summary>Name, one line, and what more there is to say.</summary>
    public static RouteHandlerBuilder Describe(this RouteHandlerBuilder route, string operationId, string summary, string description) =>
        route.WithName(operationId).WithSummary(summary).WithDescription(description);

    /// <summary>Every error status that the route itself can answer with; those of all routes are added to it.</summary>
    public static RouteHandlerBuilder Refuses(this RouteHandlerBuilder route, params ReadOnlySpan<int> statuses)
    {
        foreach (var status in statuses)
            route.Produces<Problem>(status, ProblemType);
        return route;
    }

    /// <summary>A parameter of the path that the handler reads itself.</summary>
    public static RouteHandlerBuilder WithPath(this RouteHandlerBuilder route, string name, string description) =>
        route.WithParameter(ParameterLocation.Path, name, new OpenApiSchema { Type = JsonSchemaType.String }, description);

    public static RouteHandlerBuilder WithQuery(this RouteHandlerBuilder route, string name, OpenApiSchema schema, string description) =>
        route.WithParameter(ParameterLocation.Query, name, schema, description);

    /// <summary>The parameters of a list that comes in pages.</summary>
    public static RouteHandlerBuilder WithPages(this RouteHandlerBuilder route) => route
        .WithQuery("limit", new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1", Maximum = "1000", Default = 50 }, "Most of a page.")
        .WithQuery("cursor", new OpenApiSchema { Type = JsonSchemaType.String }, "nextCursor of the page before.")
        .Refuses(400);

    public static RouteHandlerBuilder WithHeader(this RouteHandlerBuilder route, string name, OpenApiSchema schema, string description) =>
        route.WithParameter(ParameterLocation.Header, name, schema, description);

    public static RouteHandlerBuilder WithResponseHeader(this RouteHandlerBuilder route, int status, string name, string description) =>
        route.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            if (operation.Responses?[$"{status}"] is OpenApiResponse response)
            {
                response.Headers ??= new Dictionary<string, IOpenApiHeader>();
                response.Headers[name] = new OpenApiHeader { Description = description, Schema = new OpenApiSchema { Type = JsonSchemaType.String } };
            }
            return Task.CompletedTask;
        });

    public static RouteHandlerBuilder WithExamples(this RouteHandlerBuilder route, params (string Name, string Summary, string Json)[] examples) =>
        route.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            if (operation.RequestBody?.Content?["application/json"] is { } content)
            {
                content.Examples = examples.ToDictionary(
                    static example => example.Name,
                    static IOpenApiExample (example) => new OpenApiExample { Summary = example.Summary, Value = JsonNode.Parse(example.Json) });
            }
            return Task.CompletedTask;
        });

    private static RouteHandlerBuilder WithParameter(
        this RouteHandlerBuilder route, ParameterLocation location, string name, OpenApiSchema schema, string description) =>
        route.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.Parameters ??= [];
            operation.Parameters.Add(new OpenApiParameter
            {
                In = location, Name = name, Schema = schema, Description = description, Required = location == ParameterLocation.Path,
            });
            return Task.CompletedTask;
        });
}
