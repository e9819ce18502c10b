using System.Text.Json;

namespace Sandbox.Api.Dashboard.Work;

/// <summary>States and choices by the names that they have on the wire.</summary>
internal static class Words
{
    public static string Of(Enum state) => JsonNamingPolicy.SnakeCaseLower.ConvertName(state.ToString());

    /// <summary>The same for people: without underscores.</summary>
    public static string Plain(string? name) => name?.Replace('_', ' ') ?? string.Empty;
}
