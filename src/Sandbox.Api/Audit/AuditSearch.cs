using System.Globalization;
using Sandbox.Api.Http;
using Sandbox.Grains.Abstractions.Audit;

namespace Sandbox.Api.Audit;

/// <summary>Reads what somebody looks for on the record, and tells what was found.</summary>
internal static class AuditSearch
{
    private const int DefaultPage = 50;
    private const int LargestPage = 1000;
    private const int LongestFilter = 512;

    /// <summary>What a query looks for in a tenant. Other parameters than these are left to the caller.</summary>
    public static AuditQuery Read(string tenant, RequestQuery query, RequestErrors errors) =>
        new(tenant, query.Integer("limit", 1, LargestPage, DefaultPage))
        {
            From = Time(query, "from", errors),
            To = Time(query, "to", errors),
            Actor = Filter(query, "actor", errors),
            Action = Filter(query, "action", errors),
            Resource = Filter(query, "resource", errors),
            Outcome = Filter(query, "outcome", errors),
            Before = query.NumberCursor(),
        };

    public static async Task<AuditList> Find(IAuditQueries audit, AuditQuery wanted, CancellationToken cancellationToken)
    {
        var page = await audit.Query(wanted, cancellationToken);
        return new AuditList
        {
            Items = [.. page.Items.Select(AuditItem.Of)],
            NextCursor = page.Next is { } next ? CursorText.Write(DateTimeOffset.MinValue, next.ToString(CultureInfo.InvariantCulture)) : null,
        };
    }

    /// <summary>A time of the query; null where it names none.</summary>
    public static DateTimeOffset? Time(RequestQuery query, string name, RequestErrors errors)
    {
        if (query.Single(name) is not { } text)
            return null;
        string[] forms = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd"];
        if (DateTimeOffset.TryParseExact(text, forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            return time;
        errors.Add(name, "Must be a time such as 2026-01-31T12:00:00Z.");
        return null;
    }

    private static string? Filter(RequestQuery query, string name, RequestErrors errors)
    {
        var text = query.Single(name);
        if (text is null or { Length: > 0 and <= LongestFilter })
            return text;
        errors.Add(name, $"Must have 1 to {LongestFilter} characters.");
        return null;
    }
}
