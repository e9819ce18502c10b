using Microsoft.Extensions.Primitives;

namespace Sandbox.Api.Dashboard.Layout;

/// <summary>What a form of a search sends: browsers send every field, also those that were left empty and so are no filter.</summary>
internal static class SearchForm
{
    public static IQueryCollection Filled(IQueryCollection query) => new QueryCollection(
        query.Where(static part => !(part.Value is [{ } only] && string.IsNullOrWhiteSpace(only)))
            .ToDictionary(static part => part.Key, static part => new StringValues([.. part.Value.Select(static text => text?.Trim())])));
}
