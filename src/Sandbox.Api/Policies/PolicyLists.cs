using System.Globalization;
using Sandbox.Api.Http;
using Sandbox.Grains.Abstractions.Policies;

namespace Sandbox.Api.Policies;

/// <summary>Lists of policies and of their versions.</summary>
internal static class PolicyLists
{
    private const int DefaultPage = 50;
    private const int LargestPage = 1000;

    /// <summary>The tenant's policies, as a query asks; null where it has errors.</summary>
    public static async Task<PolicyList?> Policies(HttpContext context, string tenant, IPolicyStore policies, RequestErrors errors)
    {
        var (limit, cursor) = ReadPage(context, errors, PolicyName.IsValid);
        return errors.Any ? null : Of(await policies.List(tenant, cursor, limit, context.RequestAborted), static last => last.Name);
    }

    /// <summary>Versions of a policy, as a query asks, none where there never was one; null where it has errors.</summary>
    public static async Task<PolicyList?> Versions(HttpContext context, string tenant, string name, IPolicyStore policies, RequestErrors errors)
    {
        var before = 0;
        var (limit, cursor) = ReadPage(context, errors, text => TryReadVersion(text, out before));
        if (errors.Any)
            return null;
        if (!PolicyName.IsValid(name))
            return new PolicyList { Items = [] };
        var page = await policies.Versions(tenant, name, cursor is null ? null : before, limit, context.RequestAborted);
        return Of(page, static last => last.Version.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>A version by what an address says; null where there is none.</summary>
    public static async Task<Policy?> Version(string tenant, string name, string? version, IPolicyStore policies, CancellationToken cancellationToken) =>
        PolicyName.IsValid(name) && TryReadVersion(version, out var number)
        && await policies.Find(tenant, name, number, cancellationToken) is { } found
            ? Policy.Of(found)
            : null;

    private static bool TryReadVersion(string? text, out int version) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out version) && version > 0;

    private static (int Limit, string? Cursor) ReadPage(HttpContext context, RequestErrors errors, Func<string, bool> isPlace)
    {
        var query = new RequestQuery(context.Request.Query, errors);
        var limit = query.Integer("limit", 1, LargestPage, DefaultPage);
        var cursor = query.Cursor(place => isPlace(place.Id) ? place.Id : null);
        query.RefuseUnknown();
        return (limit, cursor);
    }

    private static PolicyList Of(PolicyPage page, Func<PolicyVersion, string> placeOf) => new()
    {
        Items = [.. page.Items.Select(Policy.Of)],
        NextCursor = page.HasMore ? CursorText.Write(page.Items[^1].CreatedAt, placeOf(page.Items[^1])) : null,
    };
}
