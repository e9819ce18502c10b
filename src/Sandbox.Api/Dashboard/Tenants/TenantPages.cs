using Sandbox.Api.Dashboard.Access;
using Sandbox.Api.Dashboard.Layout;
using Sandbox.Api.Http;
using Sandbox.Api.Quotas;
using Sandbox.Api.Tenants;

namespace Sandbox.Api.Dashboard.Tenants;

/// <summary>All tenants with what they use, and the way into one of them.</summary>
internal static class TenantPages
{
    public static void MapTenantPages(this IEndpointRouteBuilder dashboard)
    {
        var tenants = dashboard.MapGroup("/tenants").RequireAuthorization(ApiAuthentication.Operate);
        tenants.MapGet("", List);
        tenants.MapPost("", Create);
        tenants.MapPost("/{id}/enter", Enter);
    }

    private static async Task<IResult> List(HttpContext context, TenantRegister tenants, UsageReading usage)
    {
        var errors = new RequestErrors();
        return await tenants.List(context.Request.Query, errors, context.RequestAborted) is { } list
            ? Page.Of<TenantListPage>(new { List = list, Use = UseOf(list, usage) })
            : ProblemResult.From(errors);
    }

    private static async Task<IResult> Create(HttpContext context, TenantRegister tenants, UsageReading usage)
    {
        var errors = new RequestErrors();
        var outcome = await tenants.Create(context.Caller, await FormText.ReadObject(context, "id", "name"), errors, context.RequestAborted);
        if (outcome?.Made is not null)
            return Page.SeeOther("/dashboard/tenants");
        var problem = (outcome?.Refused ?? ProblemResult.From(errors)).Document;
        var list = (await tenants.List(QueryCollection.Empty, new RequestErrors(), context.RequestAborted))!;
        return Page.Of<TenantListPage>(new { List = list, Use = UseOf(list, usage), Problem = problem }, problem.Status);
    }

    private static async Task<IResult> Enter(string id, HttpContext context, TenantRegister tenants, SignInCookie cookie)
    {
        if (await tenants.Find(id, context.RequestAborted) is not { } tenant)
            return ProblemResult.NotFound();
        cookie.Enter(context, tenant.Id);
        return Page.SeeOther(DashboardMark.Path);
    }

    private static IReadOnlyList<Usage> UseOf(TenantList list, UsageReading usage) => [.. list.Items.Select(tenant => usage.Of(tenant.Id))];
}
