using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Sandbox.Api.Http;

/// <summary>Reads the JSON of clients of another protocol, who may be newer than their door here: what is not known of it is passed over.</summary>
internal static class LenientBody
{
    /// <summary>The request; null, with an error noted, where it is none.</summary>
    public static async Task<T?> Read<T>(HttpContext context, JsonTypeInfo<T> type, RequestErrors errors)
        where T : class
    {
        using var body = await RequestBody.ReadOptional(context.Request, errors, context.RequestAborted);
        if (body is null)
            return null;
        try
        {
            if (body.Root.ValueKind == JsonValueKind.Object)
                return body.Root.Deserialize(type);
        }
        catch (JsonException wrong)
        {
            errors.Add(wrong.Path?.TrimStart('$', '.') is { Length: > 0 } path ? path : "$", "Is not of the type that it has to be.");
            return null;
        }

        errors.Add("$", "The body must be a JSON object.");
        return null;
    }
}
