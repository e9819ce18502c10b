namespace Sandbox.Cli.Client;

/// <summary>Requests in a tenant that an operator names.</summary>
internal static class TenantMessage
{
    /// <summary>A request without a body.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">The path with its query.</param>
    /// <param name="tenant">The tenant to act in; null for the caller's own.</param>
    public static HttpRequestMessage To(HttpMethod method, string path, string? tenant)
    {
        var message = new HttpRequestMessage(method, path);
        if (tenant is not null)
            message.Headers.TryAddWithoutValidation("X-Tenant-Id", tenant);
        return message;
    }
}
