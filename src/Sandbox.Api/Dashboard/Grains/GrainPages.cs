using Sandbox.Api.Dashboard.Layout;
using Sandbox.Api.Http;
using Sandbox.Api.Tenants;

namespace Sandbox.Api.Dashboard.Grains;

/// <summary>What is in memory, by type and process, and what each of it is. To look wakes nothing.</summary>
internal static class GrainPages
{
    private const int PageSize = 50;
    private const int LongestText = 256;

    public static void MapGrainPages(this IEndpointRouteBuilder dashboard)
    {
        var grains = dashboard.MapGroup("/grains").RequireAuthorization(ApiAuthentication.Operate);
        grains.MapGet("", List);
        grains.MapGet("/{type}/{**key}", Get);
    }

    private static async Task<IResult> List(HttpContext context, LiveGrains live)
    {
        var errors = new RequestErrors();
        var query = new RequestQuery(SearchForm.Filled(context.Request.Query), errors);
        var search = new GrainSearch(Text(query, "type", errors), Text(query, "silo", errors), Text(query, "q", errors), Text(query, "cursor", errors), PageSize);
        query.RefuseUnknown();
        return errors.Any
            ? ProblemResult.From(errors)
            : Page.Of<GrainListPage>(new { List = search.Select(await live.List()) });
    }

    private static async Task<IResult> Get(string type, string key, HttpContext context, LiveGrains live, GrainViews views)
    {
        var active = (await live.List()).Where(grain => grain.Type == type && grain.Key == key).ToList();
        var view = await views.Find(type, key, context);
        return active.Count > 0 || view is not null
            ? Page.Of<GrainPage>(new { Grain = new LiveGrain(type, key, string.Join(", ", active.Select(static grain => grain.Silo))), View = view })
            : ProblemResult.NotFound();
    }

    private static string? Text(RequestQuery query, string name, RequestErrors errors)
    {
        var text = query.Single(name);
        if (text is null or { Length: <= LongestText })
            return text;
        errors.Add(name, $"Must have at most {LongestText} characters.");
        return null;
    }
}
