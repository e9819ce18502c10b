using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Abstractions.Workflows;

namespace Sandbox.Grains.Workflows.Memory;

/// <summary>What a program asks of the memory. Nothing in it is trusted.</summary>
internal static class MemoryRequest
{
    /// <summary>What the key has to be; null where the headers cannot be read.</summary>
    public static MemoryCondition? ConditionOf(IHeaderDictionary headers)
    {
        var absent = headers.IfNoneMatch.Count > 0;
        if (absent && headers.IfNoneMatch is not ["*"])
            return null;
        if (headers.IfMatch.Count == 0)
            return new MemoryCondition(absent);
        if (headers.IfMatch is ["*"])
            return new MemoryCondition(absent, Present: true);
        return EntityTagHeaderValue.TryParseStrictList(headers.IfMatch, out var tags)
            // Another tag than one of ours is that of no version; a weak one never matches.
            ? new MemoryCondition(absent, AnyOf: [.. tags.Where(static tag => !tag.IsWeak).Select(static tag => VersionOf(tag.Tag.AsSpan().Trim('"')))])
            : null;
    }

    /// <summary>The body; null where it is longer than so many bytes.</summary>
    public static async Task<byte[]?> Read(HttpRequest request, long most, CancellationToken cancellationToken)
    {
        if (request.ContentLength > most)
            return null;
        using var body = new MemoryStream();
        var buffer = new byte[8 * 1024];
        while (await request.Body.ReadAsync(buffer, cancellationToken) is var read and > 0)
        {
            if (body.Length + read > most)
                return null;
            body.Write(buffer, 0, read);
        }

        return body.ToArray();
    }

    /// <summary>The value as it is stored; null where it is no JSON, or nested too deep.</summary>
    public static byte[]? Normalised(byte[] json) => UntrustedJson.Parse(json) is { } value ? Encoding.UTF8.GetBytes(value.GetRawText()) : null;

    private static long VersionOf(ReadOnlySpan<char> text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : 0;
}
