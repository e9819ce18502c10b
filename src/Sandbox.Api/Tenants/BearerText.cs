namespace Sandbox.Api.Tenants;

/// <summary>What stands in <c>Authorization: Bearer</c>: a token or an API key, told apart by their shape.</summary>
internal static class BearerText
{
    private const string Bearer = "Bearer ";

    /// <summary>The text; null where the header is another one, or there are several.</summary>
    public static string? Of(HttpRequest request) =>
        request.Headers.Authorization is [{ } authorization] && authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            ? authorization[Bearer.Length..].Trim()
            : null;

    /// <summary>Whether it has the shape of a signed token: three parts, of which the first begins as the base64 of a JSON object does.</summary>
    public static bool IsToken(string text) => text.StartsWith("ey", StringComparison.Ordinal) && text.AsSpan().Count('.') >= 2;
}
