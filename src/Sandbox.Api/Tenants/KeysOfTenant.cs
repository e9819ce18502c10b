using System.Text.Json;
using Sandbox.Api.Http;
using Sandbox.Api.Tenants.Requests;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Tenants;

/// <summary>The API keys of a tenant, for whoever administers it: an admin's are all but those of operators.</summary>
internal sealed class KeysOfTenant(IApiKeyStore keys, IAuditLog audit, TimeProvider time)
{
    private const int DefaultPage = 50;
    private const int LargestPage = 1000;

    /// <summary>Makes a key as a request asks; null where the request has errors.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="body">The request.</param>
    /// <param name="errors">What is wrong with it.</param>
    /// <param name="cancellationToken">Cancels it as long as the key is not made.</param>
    public async Task<(NewApiKey? Made, ProblemResult? Refused)?> Create(Caller caller, JsonElement body, RequestErrors errors, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var request = RequestObject.Open(body, errors) is { } root ? ApiKeyRequest.Read(root, now, errors) : null;
        if (request is null || errors.Any)
            return null;
        if (!RoleOrder.Covers(caller.Role, request.Role))
        {
            await audit.Append(TenantAudit.KeyDenied(caller, request.Role), cancellationToken);
            return (null, ProblemResult.Of(ProblemCodes.Forbidden, $"The role {caller.Role} cannot make a key of the role {request.Role}."));
        }

        var (id, text) = (ApiKeyId.New(), ApiKeyText.New());
        var key = new ApiKeyRecord(
            id, caller.TenantId, request.Name, request.Role, request.AgentId ?? id.ToString(), ApiKeyText.LastDigits(text), now, request.ExpiresAt, null,
            request.Policy);
        await keys.Create(key, ApiKeyText.Hash(text), TenantAudit.Created(caller, key), cancellationToken);
        return (new NewApiKey { Id = id.ToString(), Key = text }, null);
    }

    /// <summary>The keys, as a query asks; null where it has errors.</summary>
    public async Task<ApiKeyList?> List(Caller caller, IQueryCollection parameters, RequestErrors errors, CancellationToken cancellationToken)
    {
        var query = new RequestQuery(parameters, errors);
        var limit = query.Integer("limit", 1, LargestPage, DefaultPage);
        var cursor = query.Cursor(static place => ApiKeyId.TryParse(place.Id, out var at) ? new ApiKeyCursor(place.CreatedAt, at) : null);
        query.RefuseUnknown();
        if (errors.Any)
            return null;
        var page = await keys.List(caller.TenantId, caller.Role == Roles.Operator, cursor, limit, cancellationToken);
        return new ApiKeyList
        {
            Items = [.. page.Items.Select(ApiKey.Of)],
            NextCursor = page.Next is { } next ? CursorText.Write(next.CreatedAt, next.Id.ToString()) : null,
        };
    }

    /// <summary>A key by what an address says; null where the caller has none such.</summary>
    public async Task<ApiKeyRecord?> Find(Caller caller, string text, CancellationToken cancellationToken) =>
        ApiKeyId.TryParse(text, out var id)
        && await keys.Find(id, cancellationToken) is { } key
        && key.TenantId == caller.TenantId
        && RoleOrder.Covers(caller.Role, key.Role) ? key : null;

    /// <summary>Removes a key; false where the caller has none such.</summary>
    public async Task<bool> Delete(Caller caller, string text, CancellationToken cancellationToken) =>
        await Find(caller, text, cancellationToken) is { } key && await keys.Delete(key.Id, TenantAudit.Deleted(caller, key), cancellationToken);
}
