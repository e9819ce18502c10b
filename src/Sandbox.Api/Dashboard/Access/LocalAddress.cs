namespace Sandbox.Api.Dashboard.Access;

/// <summary>Addresses that a form or a link says to go on to: only pages of the dashboard, whatever is written there.</summary>
internal static class LocalAddress
{
    private const int Longest = 2048;

    /// <summary>The address where it is one of a page; else the first page.</summary>
    public static string Of(string? text) =>
        text is { Length: <= Longest } && text.StartsWith(DashboardMark.Path, StringComparison.Ordinal)
        && (text.Length == DashboardMark.Path.Length || text[DashboardMark.Path.Length] is '/' or '?')
        && !text.Contains('\\') && !text.Any(char.IsControl) && text.All(char.IsAscii)
            ? text
            : DashboardMark.Path;
}
