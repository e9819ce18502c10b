using System.Text.Json;

namespace Sandbox.Api.Mcp.Access;

/// <summary>Forms of a message that everybody behind the door may rely on. Pure.</summary>
internal static class MessageCheck
{
    private static readonly string[] Texts = ["name", "uri"];

    /// <summary>What is wrong with a message; null where nothing is. Arrays and the like are for the protocol's library to refuse.</summary>
    public static ProtocolError? Refuse(JsonElement message)
    {
        if (!IsText(message))
            return ProtocolError.Invalid("A text has half of a character (an unpaired surrogate).");
        if (message.ValueKind != JsonValueKind.Object || !message.TryGetProperty("params", out var parameters))
            return null;
        // Some clients write that there are none.
        if (parameters.ValueKind == JsonValueKind.Null)
            return null;
        if (parameters.ValueKind != JsonValueKind.Object)
            return ProtocolError.InvalidParameters("params must be an object.");
        var wrong = Array.Find(Texts, name => parameters.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.String);
        return wrong is null ? null : ProtocolError.InvalidParameters($"params.{wrong} must be a text.");
    }

    // Escapes may say halves of characters, which nobody could read or write on.
    private static bool IsText(JsonElement element)
    {
        try
        {
            return element.ValueKind switch
            {
                JsonValueKind.String => element.GetString() is not null,
                JsonValueKind.Array => element.EnumerateArray().All(IsText),
                JsonValueKind.Object => element.EnumerateObject().All(static member => member.Name is not null && IsText(member.Value)),
                _ => true,
            };
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
