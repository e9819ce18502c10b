using System.Globalization;
using Sandbox.Api.Http;
using Sandbox.Grains.Abstractions.Secrets;

namespace Sandbox.Api.Secrets.Requests;

/// <summary>What the header of a secret can be, and where it can go.</summary>
internal static class SecretHeader
{
    /// <summary>The header where none is named.</summary>
    public const string Default = "Authorization: Bearer {}";

    private const int Longest = 256;
    private const int LongestHost = 253;
    private const int LongestLabel = 63;

    // What says how a message is framed and where it goes is not for anybody to set; what describes a body, requests without one cannot have.
    private static readonly string[] Framing =
        ["Host", "Allow", "Connection", "Expect", "Expires", "Last-Modified", "Keep-Alive", "Proxy-Authorization", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade"];

    /// <summary>Name and text of a header that was checked.</summary>
    public static (string Name, string Template) Split(string? header)
    {
        var parts = (header ?? Default).Split(':', 2);
        return (parts[0].Trim(), parts.Length == 2 ? parts[1].Trim() : string.Empty);
    }

    /// <summary>Hosts in the form in which they are compared.</summary>
    public static IReadOnlyList<string> Normalise(IReadOnlyList<string> hosts) => [.. hosts.Select(Normalise).Distinct(StringComparer.Ordinal)];

    public static void Check(string? header, RequestErrors errors)
    {
        var (name, template) = Split(header);
        if (errors.Has("header"))
            return;
        if (header?.Length > Longest || name.Length == 0 || !name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            errors.Add("header", "Must be a header's name, a colon, and its text with {} where the value goes.");
        else if (Framing.Contains(name, StringComparer.OrdinalIgnoreCase) || name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase))
            errors.Add("header", "This header is not to be set.");
        else if (template.Split(SecretKinds.HeaderPlace).Length != 2 || template.Any(static c => c is < ' ' or > '~'))
            errors.Add("header", "The text of the header has {} once, and is printable ASCII.");
    }

    public static void CheckHosts(IReadOnlyList<string>? hosts, RequestErrors errors)
    {
        if (hosts is null or [] && !errors.Has("hosts"))
            errors.Add("hosts", "Needs at least one host.");
        foreach (var (index, host) in (hosts ?? []).Index())
        {
            if (!IsHost(Normalise(host)))
                errors.Add($"hosts[{index}]", "Must be a host name in ASCII, with :port where that is not 443. Neither addresses nor *.");
        }
    }

    private static string Normalise(string host)
    {
        var lower = host.ToLowerInvariant();
        return lower.EndsWith(":443", StringComparison.Ordinal) ? lower[..^4] : lower;
    }

    private static bool IsHost(string host)
    {
        var parts = host.Split(':');
        if (parts.Length > 2 || (parts.Length == 2 && !IsPort(parts[1])))
            return false;
        var labels = parts[0].Split('.');
        return parts[0].Length is > 0 and <= LongestHost && labels.All(IsLabel) && !labels[^1].All(char.IsAsciiDigit) && !labels[^1].StartsWith("0x", StringComparison.Ordinal);
    }

    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= LongestLabel && label[0] != '-' && label[^1] != '-' && label.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    private static bool IsPort(string text) =>
        text.Length > 0 && text[0] != '0' && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535;
}
