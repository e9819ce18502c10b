using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Sandbox.Api.Http;
using Sandbox.Api.Mcp.Access;
using Sandbox.Api.Ports;
using Sandbox.Api.Tests.Testing;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Sandboxes;

namespace Sandbox.Api.Tests.OpenApi;

public sealed class OpenApiDocumentTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private static readonly string[] Methods = ["get", "post", "put", "patch", "delete", "head"];

    [Fact]
    public async Task Document_Fetched_IsOpenApi31WithoutCredential()
    {
        var document = await Fetch();

        Assert.StartsWith("3.1", document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        Assert.Equal("Sandbox", document.GetProperty("info").GetProperty("title").GetString());
    }

    [Fact]
    public async Task Document_EveryMappedRoute_IsDescribed()
    {
        var described = Operations(await Fetch()).Select(static operation => (operation.Method, operation.Path)).ToHashSet();

        // What leads to a port takes every method, which a document cannot say: it is told of where services are.
        var mapped = fixture.Server.Services.GetServices<EndpointDataSource>().SelectMany(static source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(static endpoint => endpoint.Metadata.GetMetadata<PortRouteKind>() is null)
            // Other protocols, which describe themselves to their clients.
            .Where(static endpoint => endpoint.Metadata.GetMetadata<IErrorShape>() is null && endpoint.Metadata.GetMetadata<McpEndpoint>() is null)
            .SelectMany(static endpoint => (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"])
                .Select(method => (Method: method.ToLowerInvariant(), Path: "/" + endpoint.RoutePattern.RawText!.TrimStart('/').Replace("**", string.Empty))))
            .Where(static route => !route.Path.StartsWith("/openapi", StringComparison.Ordinal) && !route.Path.StartsWith("/docs", StringComparison.Ordinal))
            .ToList();
        Assert.True(mapped.Count >= 14);
        Assert.All(mapped, route => Assert.Contains((route.Method, route.Path.TrimEnd('/')), described));
    }

    [Fact]
    public async Task Document_EveryOperation_HasNameSummaryTagAndOutcomes()
    {
        var operations = Operations(await Fetch()).ToList();

        Assert.All(operations, static operation =>
        {
            Assert.NotEmpty(operation.Value.GetProperty("operationId").GetString()!);
            Assert.NotEmpty(operation.Value.GetProperty("summary").GetString()!);
            Assert.NotEmpty(operation.Value.GetProperty("description").GetString()!);
            Assert.NotEmpty(operation.Value.GetProperty("tags").EnumerateArray());
            Assert.Contains(operation.Value.GetProperty("responses").EnumerateObject(), static response => response.Name == "101" || response.Name[0] == '2');
        });
        Assert.Equal(operations.Count, operations.Select(static operation => operation.Value.GetProperty("operationId").GetString()).Distinct().Count());
    }

    [Fact]
    public async Task Document_EveryError_IsAProblem()
    {
        var document = await Fetch();

        foreach (var operation in Operations(document))
        {
            foreach (var response in operation.Value.GetProperty("responses").EnumerateObject().Where(static response => response.Name[0] is '4' or '5'))
            {
                var schema = response.Value.GetProperty("content").GetProperty("application/problem+json").GetProperty("schema");
                Assert.Equal("#/components/schemas/Problem", schema.GetProperty("$ref").GetString());
            }
        }
        var problem = document.GetProperty("components").GetProperty("schemas").GetProperty("Problem").GetProperty("properties");
        Assert.True(problem.TryGetProperty("code", out _));
    }

    [Theory]
    [InlineData("/v1/jobs", "post", "200 202 400 401 403 409 413 415 422 429 500 503")]
    [InlineData("/v1/jobs", "get", "200 400 401 403 500 503")]
    [InlineData("/v1/jobs/{id}", "get", "200 400 401 403 404 500 503")]
    [InlineData("/v1/jobs/{id}", "delete", "204 401 403 404 409")]
    [InlineData("/v1/jobs/{id}/cancel", "post", "200 401 403 404")]
    [InlineData("/v1/jobs/{id}/events", "get", "200 400 401 403 404")]
    [InlineData("/v1/artifacts/{id}/content", "get", "200 206 304 401 403 404 416")]
    [InlineData("/v1/artifacts/{id}/content", "head", "200 401 403 404")]
    [InlineData("/health/ready", "get", "200 503")]
    public async Task Document_Operation_NamesItsStatuses(string path, string method, string statuses)
    {
        var responses = (await Fetch()).GetProperty("paths").GetProperty(path).GetProperty(method).GetProperty("responses");

        Assert.All(statuses.Split(' '), status => Assert.True(responses.TryGetProperty(status, out _), status));
    }

    [Fact]
    public async Task Document_References_Resolve()
    {
        var document = await Fetch();

        Assert.All(References(document), reference =>
        {
            Assert.StartsWith("#/", reference, StringComparison.Ordinal);
            var at = document;
            foreach (var part in reference[2..].Split('/'))
                at = at.GetProperty(part);
        });
    }

    [Fact]
    public async Task Document_Schemas_DescribeEveryMember()
    {
        var schemas = (await Fetch()).GetProperty("components").GetProperty("schemas");

        foreach (var name in new[] { "Job", "JobRequest", "JobFileRequest", "ResourceLimitsRequest", "JobUsage", "PolicyDecision", "ResourceLimits", "Artifact", "SkippedArtifact", "Problem" })
        {
            Assert.All(
                schemas.GetProperty(name).GetProperty("properties").EnumerateObject(),
                member => Assert.True(member.Value.TryGetProperty("description", out var text) && text.GetString() is { Length: > 0 }, $"{name}.{member.Name}"));
        }
    }

    [Fact]
    public async Task Document_Schemas_KnowNoNull()
    {
        var schemas = (await Fetch()).GetProperty("components").GetProperty("schemas");

        Assert.DoesNotContain("\"null\"", schemas.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Document_JobRequest_HasExactlyTheMembersThatAreAccepted()
    {
        var document = await Fetch();
        var members = document.GetProperty("components").GetProperty("schemas").GetProperty("JobRequest").GetProperty("properties").EnumerateObject();

        var response = await fixture.Server.Client.PostJson("/v1/jobs", $$"""{ {{string.Join(", ", members.Select(static member => $"\"{member.Name}\": null"))}}, "unheardOf": 1 }""");

        Assert.Equal(["command", "language", "unheardOf"], await response.AssertInvalid());
    }

    [Fact]
    public async Task Document_CreateJob_HasExamplesThatWork()
    {
        var examples = (await Fetch()).GetProperty("paths").GetProperty("/v1/jobs").GetProperty("post")
            .GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("examples");

        foreach (var example in examples.EnumerateObject())
        {
            var response = await fixture.Server.Client.PostJson("/v1/jobs", example.Value.GetProperty("value").GetRawText());
            // The test platform has no gVisor: that is a property of the host, not of the example.
            Assert.True(response.StatusCode is HttpStatusCode.Accepted or HttpStatusCode.UnprocessableEntity, example.Name);
        }
        Assert.True(examples.EnumerateObject().Count() >= 2);
    }

    [Fact]
    public async Task Document_Security_OffersBothHeadersAndOpensHealth()
    {
        var document = await Fetch();

        var schemes = document.GetProperty("components").GetProperty("securitySchemes").EnumerateObject().Select(static scheme => scheme.Value).ToList();
        Assert.Contains(schemes, static scheme => scheme.GetProperty("type").GetString() == "http" && scheme.GetProperty("scheme").GetString() == "bearer");
        Assert.Contains(schemes, static scheme => scheme.GetProperty("type").GetString() == "apiKey" && scheme.GetProperty("name").GetString() == "X-API-Key");
        Assert.Equal(2, document.GetProperty("security").GetArrayLength());
        Assert.All(document.GetProperty("security").EnumerateArray(), static requirement => Assert.Single(requirement.EnumerateObject()));
        Assert.Equal(0, document.GetProperty("paths").GetProperty("/health/live").GetProperty("get").GetProperty("security").GetArrayLength());
    }

    [Fact]
    public async Task Docs_Fetched_NamesNoOtherHost()
    {
        using var stranger = fixture.Server.NewClient(key: null);
        var page = await stranger.Get("/docs");
        if (page.StatusCode is HttpStatusCode.Redirect or HttpStatusCode.Found or HttpStatusCode.MovedPermanently)
            page = await stranger.Get(page.Headers.Location!.ToString());

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        var html = await page.Text();
        Assert.DoesNotContain("https://", html, StringComparison.Ordinal);
        Assert.StartsWith("default-src 'self';", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        foreach (Match script in Regex.Matches(html, "src=\"([^\"]+)\""))
            Assert.Equal(HttpStatusCode.OK, (await stranger.Get($"/docs/{script.Groups[1].Value}")).StatusCode);
        Assert.Contains("scalar", html, StringComparison.OrdinalIgnoreCase);
    }

    private async Task<JsonElement> Fetch()
    {
        using var stranger = fixture.Server.NewClient(key: null);
        var response = await stranger.Get("/openapi/v1.json");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Json();
    }

    private static IEnumerable<(string Path, string Method, JsonElement Value)> Operations(JsonElement document) =>
        from path in document.GetProperty("paths").EnumerateObject()
        from operation in path.Value.EnumerateObject()
        where Methods.Contains(operation.Name)
        select (path.Name, operation.Name, operation.Value);

    private static IEnumerable<string> References(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(static member =>
            member.Name == "$ref" && member.Value.ValueKind == JsonValueKind.String ? [member.Value.GetString()!] : References(member.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(References),
        _ => [],
    };
}
