using System.Globalization;
using Microsoft.Net.Http.Headers;
using Sandbox.Api.Http;
using Sandbox.Grains.Abstractions.Workflows;

namespace Sandbox.Api.Workflows.Requests;

/// <summary>The headers that guard a change of a key (RFC 9110): its ETag is its version.</summary>
internal static class MemoryPreconditions
{
    /// <summary>What the key has to be for the change.</summary>
    public static MemoryCondition Read(HttpRequest request, RequestErrors errors)
    {
        var match = ReadMatch(request, errors);
        var absent = request.Headers.IfNoneMatch.Count > 0;
        if (absent && request.Headers.IfNoneMatch is not ["*"])
            errors.Add(HeaderNames.IfNoneMatch, "Only * is understood: there must be no value.");
        return match with { Absent = absent };
    }

    private static MemoryCondition ReadMatch(HttpRequest request, RequestErrors errors)
    {
        if (request.Headers.IfMatch.Count == 0)
            return MemoryCondition.None;
        if (request.Headers.IfMatch is ["*"])
            return new MemoryCondition(Present: true);
        if (!EntityTagHeaderValue.TryParseStrictList(request.Headers.IfMatch, out var tags))
        {
            errors.Add(HeaderNames.IfMatch, "Must be * or ETags of the key, such as \"3\".");
            return MemoryCondition.None;
        }

        // Another tag than one of ours is that of no version; a weak one never matches.
        return new MemoryCondition(AnyOf: [.. tags.Where(static tag => !tag.IsWeak).Select(static tag => VersionOf(tag.Tag.AsSpan().Trim('"')))]);
    }

    private static long VersionOf(ReadOnlySpan<char> text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : 0;
}
