using Microsoft.AspNetCore.Http.HttpResults;
using Sandbox.Api.Http;
using Sandbox.Api.OpenApi;
using Sandbox.Api.Tenants.Requests;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Tenants;

/// <summary>The routes under <c>/v1/api-keys</c>: an admin's are those of the tenant, and keys of operators are not for admins.</summary>
internal static class ApiKeyEndpoints
{
    private const int DefaultPage = 50;
    private const int LargestPage = 1000;

    public static RouteGroupBuilder MapApiKeys(this IEndpointRouteBuilder routes)
    {
        var keys = routes.MapGroup("/api-keys").WithTags("API keys").RequireAuthorization(ApiAuthentication.Administer);
        keys.MapPost("", Create).DescribeCreateApiKey();
        keys.MapGet("", List).DescribeListApiKeys();
        keys.MapGet("/{id}", Get).DescribeGetApiKey();
        keys.MapDelete("/{id}", Delete).DescribeDeleteApiKey();
        return keys;
    }

    private static async Task<Results<Created<NewApiKey>, ProblemResult>> Create(
        HttpContext context, IApiKeyStore keys, IAuditLog audit, TimeProvider time)
    {
        if (!RequestBody.IsJson(context.Request))
            return ProblemResult.Of(ProblemCodes.UnsupportedMediaType);
        var errors = new RequestErrors();
        var now = time.GetUtcNow();
        using var body = await RequestBody.Read(context.Request, errors, context.RequestAborted);
        var request = body is not null && RequestObject.Open(body.Root, errors) is { } root ? ApiKeyRequest.Read(root, now, errors) : null;
        if (request is null || errors.Any)
            return ProblemResult.From(errors);
        var caller = context.Caller;
        if (!RoleOrder.Covers(caller.Role, request.Role))
        {
            await audit.Append(TenantAudit.KeyDenied(caller, request.Role), context.RequestAborted);
            return ProblemResult.Of(ProblemCodes.Forbidden, $"The role {caller.Role} cannot make a key of the role {request.Role}.");
        }

        var (id, text) = (ApiKeyId.New(), ApiKeyText.New());
        var key = new ApiKeyRecord(
            id, caller.TenantId, request.Name, request.Role, request.AgentId ?? id.ToString(), ApiKeyText.LastDigits(text), now, request.ExpiresAt, null,
            request.Policy);
        await keys.Create(key, ApiKeyText.Hash(text), TenantAudit.Created(caller, key), context.RequestAborted);
        return TypedResults.Created($"/v1/api-keys/{id}", new NewApiKey { Id = id.ToString(), Key = text });
    }

    private static async Task<Results<Ok<ApiKeyList>, ProblemResult>> List(HttpContext context, IApiKeyStore keys)
    {
        var errors = new RequestErrors();
        var query = new RequestQuery(context.Request.Query, errors);
        var limit = query.Integer("limit", 1, LargestPage, DefaultPage);
        var cursor = query.Cursor(static place => ApiKeyId.TryParse(place.Id, out var at) ? new ApiKeyCursor(place.CreatedAt, at) : null);
        query.RefuseUnknown();
        if (errors.Any)
            return ProblemResult.From(errors);
        var caller = context.Caller;
        var page = await keys.List(caller.TenantId, caller.Role == Roles.Operator, cursor, limit, context.RequestAborted);
        return TypedResults.Ok(new ApiKeyList
        {
            Items = [.. page.Items.Select(ApiKey.Of)],
            NextCursor = page.Next is { } next ? CursorText.Write(next.CreatedAt, next.Id.ToString()) : null,
        });
    }

    private static async Task<Results<Ok<ApiKey>, ProblemResult>> Get(string id, HttpContext context, IApiKeyStore keys) =>
        await Find(id, context, keys) is { } key ? TypedResults.Ok(ApiKey.Of(key)) : ProblemResult.NotFound();

    private static async Task<Results<NoContent, ProblemResult>> Delete(string id, HttpContext context, IApiKeyStore keys) =>
        await Find(id, context, keys) is { } key && await keys.Delete(key.Id, TenantAudit.Deleted(context.Caller, key), context.RequestAborted) ? TypedResults.NoContent() : ProblemResult.NotFound();

    private static async Task<ApiKeyRecord?> Find(string text, HttpContext context, IApiKeyStore keys)
    {
        var caller = context.Caller;
        return ApiKeyId.TryParse(text, out var id)
            && await keys.Find(id, context.RequestAborted) is { } key
            && key.TenantId == caller.TenantId
            && RoleOrder.Covers(caller.Role, key.Role) ? key : null;
    }
}
