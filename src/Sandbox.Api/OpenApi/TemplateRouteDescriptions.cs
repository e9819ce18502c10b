using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Sandbox.Api.Http;
using Sandbox.Api.Templates;
using Sandbox.Api.Templates.Requests;

namespace Sandbox.Api.OpenApi;

/// <summary>What the document says of the routes of templates.</summary>
internal static class TemplateRouteDescriptions
{
    private static OpenApiSchema Text => new() { Type = JsonSchemaType.String };

    private static OpenApiSchema Wait => new() { Type = JsonSchemaType.Number, Minimum = "0", Maximum = $"{RequestQuery.MaxWaitSeconds}" };

    public static void DescribeCreateTemplate(this RouteHandlerBuilder route) => route
        .Describe(
            "createTemplate",
            "Make a template",
            """
            Makes a template upon another one or from a folder of the host (JSON), or from an archive that is the body itself
            (application/x-tar, application/gzip): a root file system, an OCI image layout, or what docker save writes. With an
            archive, what the template shall be is said in the query. Packages are installed upon the other template under the
            policy of the caller, 403 naming what that does not allow; its sandboxes have them read-only, without any way out.
            It is tried out in a sandbox before it is ready: the answer
            is 202 while that goes on, and 201 when it has ended within the wait; status tells how. An operator's templates belong
            to all tenants, an admin's to the admin's tenant.
            """)
        .Accepts<TemplateRequest>("application/json", TemplateEndpoints.ArchiveTypes)
        .WithArchives()
        .WithQuery("wait", Wait, "Seconds to wait until it is ready or has failed.")
        .WithQuery("name", Text, "With an archive: its name.")
        .WithQuery("description", Text, "With an archive: what it is for.")
        .WithQuery("env.{name}", Text, "With an archive: an environment variable, such as env.LANG=C. May be given for several.")
        .WithQuery("preloads.python", Text, "With an archive: Python modules to import ahead, separated by commas.")
        .WithQuery("preloads.javascript", Text, "With an archive: JavaScript modules to load ahead, separated by commas.")
        .WithQuery("startCommand", Text, "With an archive: argument vector of the start command, as a JSON array.")
        .WithResponseHeader(202, "Location", "Path of the template.")
        .WithResponseHeader(201, "Location", "Path of the template.")
        .WithExamples(
            ("preloads", "Python with modules imported ahead", """{"name": "data", "from": "default", "preloads": {"python": ["json", "decimal"]}}"""),
            ("packages", "Packages upon the default template", """{"name": "science", "from": "default", "packages": {"python": ["pandas>=2"]}, "preloads": {"python": ["pandas"]}}"""),
            ("folder", "A folder of the host", """{"name": "science", "folder": "/srv/images/science", "env": {"OMP_NUM_THREADS": "1"}}"""))
        .Refuses(400, 403, 409, 413, 415, 422, 429, 503);

    public static void DescribeListTemplates(this RouteHandlerBuilder route) => route
        .Describe("listTemplates", "List templates", "Templates of the tenant and those of all tenants, newest first; the one that every installation has comes last.")
        .WithQuery("limit", new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1", Maximum = "1000", Default = 50 }, "Most templates of a page.")
        .WithQuery("cursor", Text, "nextCursor of the page before.")
        .Refuses(400);

    public static void DescribeGetTemplate(this RouteHandlerBuilder route) => route
        .Describe("getTemplate", "Get a template", "The template as it stands, or as it is when it has come in where that is within the wait.")
        .WithQuery("wait", Wait, "Seconds to wait until it is ready or has failed.")
        .Refuses(400, 404);

    public static void DescribeRemoveTemplate(this RouteHandlerBuilder route) => route
        .Describe("removeTemplate", "Remove a template", "Removes a template that no job or session uses. Templates that were made upon it stay.")
        .Refuses(403, 404, 409);

    // An archive is its bytes, whatever JSON says of a template.
    private static RouteHandlerBuilder WithArchives(this RouteHandlerBuilder route) => route.AddOpenApiOperationTransformer((operation, _, _) =>
    {
        foreach (var type in TemplateEndpoints.ArchiveTypes)
        {
            if (operation.RequestBody?.Content?.ContainsKey(type) == true)
                operation.RequestBody.Content[type] = new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" } };
        }

        return Task.CompletedTask;
    });
}
