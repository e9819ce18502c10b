using System.Text.Json;

namespace Sandbox.Grains.Policies.Opa;

/// <summary>What an Open Policy Agent has answered: whether it allows, and why not. Pure.</summary>
/// <param name="Allow">Whether it does.</param>
/// <param name="Reason">Why it does not.</param>
internal sealed record OpaAnswer(bool Allow, string? Reason)
{
    private const int LongestReason = 500;

    // Of two members of one name either could be meant.
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>
    /// Reads the body of an answer: <c>{"result": true}</c>, or <c>{"result": {"allow": true, "reason": "…"}}</c>. Everything else,
    /// a decision that is undefined for one, is a no.
    /// </summary>
    public static OpaAnswer Read(ReadOnlySpan<byte> body)
    {
        try
        {
            var answer = JsonElement.Parse(body, Strict);
            return answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("result", out var result)
                ? Of(result)
                : No("Open Policy Agent has no decision of this name.");
        }
        catch (JsonException)
        {
            return No("Open Policy Agent did not answer in JSON.");
        }
    }

    /// <summary>A no.</summary>
    public static OpaAnswer No(string reason) => new(false, reason);

    private static OpaAnswer Of(JsonElement result)
    {
        if (result.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return result.GetBoolean() ? new OpaAnswer(true, null) : No("Open Policy Agent does not allow it.");
        if (result.ValueKind != JsonValueKind.Object || !result.TryGetProperty("allow", out var allow) || allow.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            return No("Open Policy Agent's decision says neither yes nor no.");
        if (allow.GetBoolean())
            return new OpaAnswer(true, null);
        return No(result.TryGetProperty("reason", out var reason) && reason.ValueKind == JsonValueKind.String && Text(reason) is { Length: > 0 } said
            ? said
            : "Open Policy Agent does not allow it.");
    }

    // It goes into answers, and onto the record. What is half of a character is no text.
    private static string? Text(JsonElement reason)
    {
        try
        {
            return Line(reason.GetString()!);
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static string Line(string text)
    {
        var line = string.Concat(text.Select(static c => char.IsControl(c) ? ' ' : c)).Trim();
        return line.Length > LongestReason ? line[..LongestReason] : line;
    }
}
