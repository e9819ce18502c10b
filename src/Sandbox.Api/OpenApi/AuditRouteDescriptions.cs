using Microsoft.OpenApi;
using Sandbox.Api.Audit;

namespace Sandbox.Api.OpenApi;

/// <summary>What the document says of the routes of the audit record.</summary>
internal static class AuditRouteDescriptions
{
    public static void DescribeListAuditEvents(this RouteHandlerBuilder route) => route
        .Describe("listAuditEvents", "List audit events", "What was done and refused in the tenant, newest first; for auditors, admins and operators. Filters are combined. Events name who, what and why, and never hold code, environment, input, output or contents.")
        .WithTimes()
        .WithText("actor", "Id of the acting agent.")
        .WithText("action", "Such as job.submitted.")
        .WithText("resource", "Id of the resource.")
        .WithText("outcome", "allowed, denied, succeeded or failed.")
        .WithQuery("limit", new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1", Maximum = "1000", Default = 50 }, "Most of a page.")
        .WithText("cursor", "nextCursor of the page before.")
        .Refuses(400);

    public static void DescribeVerifyAudit(this RouteHandlerBuilder route) => route
        .Describe("verifyAudit", "Verify the audit record", "Goes through the tenant's chain of hashes and says where it is not as it was written.")
        .Refuses(400);

    public static void DescribeExportAudit(this RouteHandlerBuilder route) => route
        .Describe("exportAudit", "Export the audit record", "Events as lines of JSON, oldest first, each with the bytes that were hashed. What breaks off is resumed by the last sequence as cursor.")
        .WithTimes()
        .WithQuery("cursor", new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int64", Minimum = "0" }, "Sequence after which to begin.")
        .Produces<string>(200, AuditExport.ContentType)
        .Refuses(400);

    private static RouteHandlerBuilder WithTimes(this RouteHandlerBuilder route) => route
        .WithQuery("from", new OpenApiSchema { Type = JsonSchemaType.String, Format = "date-time" }, "Events from this time on.")
        .WithQuery("to", new OpenApiSchema { Type = JsonSchemaType.String, Format = "date-time" }, "Events before this time.");

    private static RouteHandlerBuilder WithText(this RouteHandlerBuilder route, string name, string description) =>
        route.WithQuery(name, new OpenApiSchema { Type = JsonSchemaType.String }, description);
}
