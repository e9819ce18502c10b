using System.Text.Json;

namespace Sandbox.Api.Dashboard.Audit;

/// <summary>What of an event is worth a line. All of it was written by callers or about them: it is text, never markup.</summary>
internal static class AuditText
{
    /// <summary>Why it was refused or ended; null where it says nothing.</summary>
    public static string? Reason(JsonElement what)
    {
        if (what.TryGetProperty("decision", out var decision) && decision.TryGetProperty("reason", out var reason))
            return reason.GetString();
        var rule = what.TryGetProperty("details", out var details) && details.TryGetProperty("rule", out var named) ? named.GetString() : null;
        var cause = what.TryGetProperty("cause", out var code) ? code.GetString() : null;
        return rule is null ? cause : cause is null ? rule : $"{cause} ({rule})";
    }
}
