namespace Sandbox.Api.E2b.Routing;

/// <summary>
/// A token of a sandbox as text: what it is for, its tenant, and the secret. It follows from these, so that a signature can be checked for
/// which nobody shows the token itself.
/// </summary>
internal static class SandboxToken
{
    public const string AccessHeader = "X-Access-Token";
    public const string TrafficHeader = "E2B-Traffic-Access-Token";

    /// <summary>Opens files, processes and folders.</summary>
    public const string Access = "envd";

    /// <summary>Opens what is reached through the ports of the sandbox.</summary>
    public const string Traffic = "traffic";

    /// <summary>Role of whoever shows one; it opens nothing but the routes into that sandbox.</summary>
    public const string Role = "sandbox_token";

    private const int LongestText = 256;

    public static string Write(string use, string tenant, string secret) => $"{use}.{tenant}.{secret}";

    /// <summary>The tenant that a token says it is of; null where it is no token for this use.</summary>
    public static string? TenantOf(string use, string text) =>
        text.Length <= LongestText && text.Split('.') is [var its, var tenant, _] && its == use ? tenant : null;

    /// <summary>The token that a request shows for where it goes; null where it shows none, or goes nowhere.</summary>
    public static string? Of(HttpContext context)
    {
        if (context.Features.Get<SandboxTarget>() is not { } target)
            return null;
        return context.Request.Headers[target.Port == SandboxTarget.Envd ? AccessHeader : TrafficHeader] is [{ Length: > 0 } text] ? text : null;
    }
}
