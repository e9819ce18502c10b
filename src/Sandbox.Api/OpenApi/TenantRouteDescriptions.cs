using Sandbox.Api.Tenants.Requests;

namespace Sandbox.Api.OpenApi;

/// <summary>What the document says of the routes of tenants and API keys.</summary>
internal static class TenantRouteDescriptions
{
    public static void DescribeCreateTenant(this RouteHandlerBuilder route) => route
        .Describe("createTenant", "Make a tenant", "Makes a tenant; for operators, who then act in it by the header X-Tenant-Id.")
        .Accepts<TenantRequest>("application/json")
        .WithExamples(("tenant", "A tenant", """{"id": "acme", "name": "Acme Ltd."}"""))
        .Refuses(400, 409, 413, 415);

    public static void DescribeListTenants(this RouteHandlerBuilder route) => route
        .Describe("listTenants", "List tenants", "All tenants in the order of their ids; for operators.")
        .WithPages();

    public static void DescribeGetTenant(this RouteHandlerBuilder route) => route
        .Describe("getTenant", "Get a tenant", "A tenant by its id; for operators.")
        .Refuses(404);

    public static void DescribeCreateApiKey(this RouteHandlerBuilder route) => route
        .Describe("createApiKey", "Make an API key", "Makes a key for the tenant; for admins and operators. The key is in the answer and nowhere else: it is stored as a hash.")
        .Accepts<ApiKeyRequest>("application/json")
        .WithExamples(("member", "A key that uses sandboxes", """{"name": "ci", "role": "member", "agentId": "build-agent"}"""))
        .Refuses(400, 403, 413, 415);

    public static void DescribeListApiKeys(this RouteHandlerBuilder route) => route
        .Describe("listApiKeys", "List API keys", "What is known of the tenant's keys, newest first; those of operators are shown to operators.")
        .WithPages();

    public static void DescribeGetApiKey(this RouteHandlerBuilder route) => route
        .Describe("getApiKey", "Get an API key", "What is known of a key.")
        .Refuses(404);

    public static void DescribeDeleteApiKey(this RouteHandlerBuilder route) => route
        .Describe("deleteApiKey", "Remove an API key", "From the answer on the key opens nothing, in no process; what it has open is cut within seconds.")
        .Refuses(404);
}
