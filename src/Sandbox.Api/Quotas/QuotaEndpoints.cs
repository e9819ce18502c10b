using Microsoft.AspNetCore.Http.HttpResults;
using Sandbox.Api.Http;
using Sandbox.Api.OpenApi;
using Sandbox.Api.Quotas.Requests;
using Sandbox.Api.Tenants;
using Sandbox.Grains.Abstractions.Quotas;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Quotas;

/// <summary>What tenants may use, for operators to set, and what they use, for themselves to see.</summary>
internal static class QuotaEndpoints
{
    public static void MapQuotas(this IEndpointRouteBuilder routes)
    {
        var quotas = routes.MapGroup("/tenants/{id}/quotas").WithTags("Tenants").RequireAuthorization(ApiAuthentication.Operate);
        quotas.MapGet("", Get).DescribeGetQuotas();
        quotas.MapPut("", Put).DescribePutQuotas();
        routes.MapGet("/usage", ReadUsage).WithTags("Tenants").RequireAuthorization(ApiAuthentication.AnyRole).DescribeGetUsage();
    }

    private static async Task<Results<Ok<QuotaSettings>, ProblemResult>> Get(string id, HttpContext context, ITenantStore tenants, ITenantQuotas quotas) =>
        CallerNames.IsTenant(id) && await tenants.Find(id, context.RequestAborted) is { } tenant
            ? TypedResults.Ok(Settings(id, tenant.Quotas, quotas))
            : ProblemResult.NotFound();

    private static async Task<Results<Ok<QuotaSettings>, ProblemResult>> Put(string id, HttpContext context, ITenantStore tenants, ITenantQuotas quotas)
    {
        if (!RequestBody.IsJson(context.Request))
            return ProblemResult.Of(ProblemCodes.UnsupportedMediaType);
        var errors = new RequestErrors();
        using var body = await RequestBody.Read(context.Request, errors, context.RequestAborted);
        var overrides = body is null ? null : QuotaReader.Read(body, errors);
        if (overrides is null || errors.Any)
            return ProblemResult.From(errors);
        return CallerNames.IsTenant(id) && await tenants.SetQuotas(id, overrides, TenantAudit.QuotasChanged(context.Caller, id, overrides), context.RequestAborted)
            ? TypedResults.Ok(Settings(id, overrides, quotas))
            : ProblemResult.NotFound();
    }

    private static Ok<Usage> ReadUsage(HttpContext context, UsageReading usage) => TypedResults.Ok(usage.Of(context.Caller.TenantId));

    private static QuotaSettings Settings(string id, QuotaOverrides? overrides, ITenantQuotas quotas) =>
        new() { TenantId = id, Overrides = overrides ?? new QuotaOverrides(), Effective = quotas.Defaults.With(overrides) };
}
