using System.Globalization;
using Microsoft.Net.Http.Headers;
using Sandbox.Api.Http;
using Sandbox.Grains.Abstractions.Policies;

namespace Sandbox.Api.Policies.Requests;

/// <summary>The headers that guard a change of a policy (RFC 9110): its ETag is its version.</summary>
internal static class PolicyPreconditions
{
    /// <summary>What the policy has to be for the change.</summary>
    public static PolicyCondition Read(HttpRequest request, RequestErrors errors)
    {
        var match = ReadMatch(request, errors);
        var absent = request.Headers.IfNoneMatch.Count > 0;
        if (absent && request.Headers.IfNoneMatch is not ["*"])
            errors.Add(HeaderNames.IfNoneMatch, "Only * is understood: there must be no such policy.");
        return match with { Absent = absent };
    }

    /// <summary>The ETag of a version.</summary>
    public static string ETagOf(int version) => string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");

    private static PolicyCondition ReadMatch(HttpRequest request, RequestErrors errors)
    {
        if (request.Headers.IfMatch.Count == 0)
            return new PolicyCondition();
        if (request.Headers.IfMatch is ["*"])
            return new PolicyCondition(Present: true);
        if (!EntityTagHeaderValue.TryParseStrictList(request.Headers.IfMatch, out var tags))
        {
            errors.Add(HeaderNames.IfMatch, "Must be * or ETags of the policy, such as \"3\".");
            return new PolicyCondition();
        }

        // Another tag than one of ours is that of no version; a weak one never matches.
        return new PolicyCondition(AnyOf: [.. tags.Where(static tag => !tag.IsWeak).Select(static tag => VersionOf(tag.Tag.AsSpan().Trim('"')))]);
    }

    private static int VersionOf(ReadOnlySpan<char> text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : PolicyVersion.Platform;
}
