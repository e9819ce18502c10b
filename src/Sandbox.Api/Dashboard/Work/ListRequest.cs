using Sandbox.Api.Dashboard.Layout;
using Sandbox.Api.Http;

namespace Sandbox.Api.Dashboard.Work;

/// <summary>
/// What a page with a list is asked for: a state, a place to go on from, and what somebody searches, which is an id or a label.
/// </summary>
public sealed class ListRequest
{
    /// <summary>How many rows a page has.</summary>
    public const int PageSize = 50;

    private readonly RequestQuery _query;

    internal ListRequest(IQueryCollection query)
    {
        _query = new RequestQuery(SearchForm.Filled(query), Errors);
        Status = _query.Single("status");
        Search = _query.Single("search");
        IsFirst = !query.ContainsKey("cursor");
        Labels = LabelsOf(Search);
    }

    internal RequestErrors Errors { get; } = new();

    public string? Status { get; }

    public string? Search { get; }

    /// <summary>Whether it is the first page.</summary>
    public bool IsFirst { get; }

    /// <summary>Labels that what is listed must have.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; }

    /// <summary>Whether everything is asked for.</summary>
    public bool IsAll => Status is null && Search is null && IsFirst;

    /// <summary>The place that the list goes on after; null where it begins. To be called last: what else is asked for is refused.</summary>
    internal T? Cursor<T>(Func<(DateTimeOffset CreatedAt, string Id), T?> read)
        where T : class
    {
        if (Search is not null && Labels.Count == 0)
            Errors.Add("search", "Must be a whole id, or a label as name=value.");
        var cursor = IsFirst ? null : _query.Cursor(read);
        _query.RefuseUnknown();
        return cursor;
    }

    private static Dictionary<string, string> LabelsOf(string? search)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        if (search?.IndexOf('=', StringComparison.Ordinal) is > 0 and var at)
            labels.Add(search[..at].Trim(), search[(at + 1)..].Trim());
        return labels;
    }
}
