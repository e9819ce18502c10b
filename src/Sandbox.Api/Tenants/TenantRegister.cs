using System.Text.Json;
using Sandbox.Api.Http;
using Sandbox.Api.Tenants.Requests;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Tenants;

/// <summary>The tenants, for operators.</summary>
internal sealed class TenantRegister(ITenantStore tenants, TimeProvider time)
{
    private const int DefaultPage = 50;
    private const int LargestPage = 1000;

    /// <summary>Makes a tenant as a request asks; null where the request has errors.</summary>
    public async Task<(Tenant? Made, ProblemResult? Refused)?> Create(Caller caller, JsonElement body, RequestErrors errors, CancellationToken cancellationToken)
    {
        var request = RequestObject.Open(body, errors) is { } root ? TenantRequest.Read(root, errors) : null;
        if (request is null || errors.Any)
            return null;
        var tenant = new TenantRecord(request.Id, request.Name, time.GetUtcNow());
        return await tenants.Create(tenant, TenantAudit.Created(caller, tenant), cancellationToken)
            ? (Tenant.Of(tenant), null)
            : (null, ProblemResult.Of(ProblemCodes.TenantExists));
    }

    /// <summary>The tenants, as a query asks; null where it has errors.</summary>
    public async Task<TenantList?> List(IQueryCollection parameters, RequestErrors errors, CancellationToken cancellationToken)
    {
        var query = new RequestQuery(parameters, errors);
        var limit = query.Integer("limit", 1, LargestPage, DefaultPage);
        var cursor = query.Cursor(static place => CallerNames.IsTenant(place.Id) ? place.Id : null);
        query.RefuseUnknown();
        if (errors.Any)
            return null;
        var page = await tenants.List(cursor, limit, cancellationToken);
        return new TenantList
        {
            Items = [.. page.Items.Select(Tenant.Of)],
            NextCursor = page.Next is { } next ? CursorText.Write(page.Items[^1].CreatedAt, next) : null,
        };
    }

    /// <summary>A tenant by what an address says; null where there is none.</summary>
    public async Task<Tenant?> Find(string id, CancellationToken cancellationToken) =>
        CallerNames.IsTenant(id) && await tenants.Find(id, cancellationToken) is { } tenant ? Tenant.Of(tenant) : null;
}
