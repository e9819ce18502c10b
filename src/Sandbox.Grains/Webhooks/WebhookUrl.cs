using System.Diagnostics.CodeAnalysis;
using System.Net;
using Microsoft.Extensions.Options;
using Sandbox.Egress.Outward;

namespace Sandbox.Grains.Webhooks;

/// <summary>Which addresses a webhook may have. What can be known without looking a name up is refused when it is entered.</summary>
internal sealed class WebhookUrl(IOutwardDialer dialer, IOptions<WebhookOptions> options)
{
    private const int Longest = 2048;

    /// <summary>What the operator has opened.</summary>
    public IReadOnlyList<IPNetwork> Opened { get; } = [.. options.Value.AllowedRanges.Select(static text => AddressRange.Parse(text)!.Value)];

    /// <summary>What is wrong with an address; null where nothing is.</summary>
    public string? Refusal(string text)
    {
        if (text.Length > Longest)
            return $"Has more than {Longest} characters.";
        if (!TryParse(text, out var url))
            return "Must be an address such as https://example.com/hook, without user and fragment.";
        if (!IsAllowed(url))
            return "Must begin with https://.";
        return dialer.RefusalOf(HostOf(url), Opened) is null ? null : "Names a private or special address, which the operator has not opened.";
    }

    /// <summary>Whether its scheme may be used.</summary>
    public bool IsAllowed(Uri url) => url.Scheme == Uri.UriSchemeHttps || options.Value.AllowHttp;

    public static bool TryParse(string text, [NotNullWhen(true)] out Uri? url) =>
        Uri.TryCreate(text, UriKind.Absolute, out url)
        && (url.Scheme == Uri.UriSchemeHttps || url.Scheme == Uri.UriSchemeHttp)
        && url.Host.Length > 0 && url.UserInfo.Length == 0 && url.Fragment.Length == 0
        && HasName(url);

    // The framework takes in names that have no form in which they could be looked up, and says so when that is asked for.
    private static bool HasName(Uri url)
    {
        try
        {
            return url.IdnHost.Length > 0;
        }
        catch (UriFormatException)
        {
            return false;
        }
    }

    private static string HostOf(Uri url) => url.HostNameType == UriHostNameType.IPv6 ? url.Host : url.IdnHost;
}
