using Microsoft.Extensions.Options;

namespace Sandbox.Packages;

/// <summary>Refuses indexes that are no folder on a web server, and cache folders that depend on where a process was started.</summary>
internal sealed class PackageOptionsValidator : IValidateOptions<PackageOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, PackageOptions options)
    {
        var wrong = new List<string>();
        if (!IsFolder(options.PythonIndex))
            wrong.Add($"{PackageOptions.Section}:{nameof(options.PythonIndex)} must be an http or https URL that ends in a slash, with neither user, query nor fragment.");
        if (!IsFolder(options.NodeRegistry))
            wrong.Add($"{PackageOptions.Section}:{nameof(options.NodeRegistry)} must be an http or https URL that ends in a slash, with neither user, query nor fragment.");
        if (!Path.IsPathFullyQualified(options.CacheDirectory ?? ""))
            wrong.Add($"{PackageOptions.Section}:{nameof(options.CacheDirectory)} must be an absolute path.");
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }

    private static bool IsFolder(Uri? url) =>
        url is { IsAbsoluteUri: true } && (url.Scheme == Uri.UriSchemeHttps || url.Scheme == Uri.UriSchemeHttp)
        && url.AbsolutePath.EndsWith('/') && url.UserInfo.Length == 0 && url.Query.Length == 0 && url.Fragment.Length == 0;
}
