using Microsoft.Extensions.Options;

namespace Sandbox.Grains.Policies.Opa;

/// <summary>What is wrong with how an Open Policy Agent is configured, told at start.</summary>
internal sealed class OpaOptionsValidation : IValidateOptions<OpaOptions>
{
    public ValidateOptionsResult Validate(string? name, OpaOptions options)
    {
        if (options.Url is null)
            return options.Path is null ? ValidateOptionsResult.Success : Fail(nameof(OpaOptions.Path), "needs a Url");
        if (!Uri.TryCreate(options.Url, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Query.Length + url.Fragment.Length + url.UserInfo.Length > 0)
            return Fail(nameof(OpaOptions.Url), "must be an http or https address without query and user");
        if (options.Path is { } path && !OpaPath.IsValid(path))
            return Fail(nameof(OpaOptions.Path), OpaPath.Rule);
        return ValidateOptionsResult.Success;
    }

    private static ValidateOptionsResult Fail(string member, string what) => ValidateOptionsResult.Fail($"{OpaOptions.Section}:{member} {what}.");
}
