using System.Text.Json;

namespace Sandbox.Api.Dashboard.Layout;

/// <summary>A form as the request that the REST interface would have had, so that both are read, and refused, by the same rules.</summary>
internal static class FormText
{
    /// <summary>The fields of these names as members of an object; what was left empty is left out.</summary>
    public static async Task<JsonElement> ReadObject(HttpContext context, params string[] names)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        return JsonSerializer.SerializeToElement(
            names.Select(name => (name, Value: form[name].ToString().Trim())).Where(static field => field.Value.Length > 0)
                .ToDictionary(static field => field.name, static field => field.Value));
    }
}
