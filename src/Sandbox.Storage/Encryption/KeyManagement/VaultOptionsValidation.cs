using Microsoft.Extensions.Options;

namespace Sandbox.Storage.Encryption.KeyManagement;

/// <summary>What attributes cannot say of <see cref="VaultOptions"/>.</summary>
internal sealed class VaultOptionsValidation : IValidateOptions<VaultOptions>
{
    public ValidateOptionsResult Validate(string? name, VaultOptions options)
    {
        if (options.Address is null)
            return ValidateOptionsResult.Success;
        if (!Uri.TryCreate(options.Address, UriKind.Absolute, out var address) || !(address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp))
            return Fail(nameof(VaultOptions.Address), "is no http or https address");
        // What goes there is the master key itself.
        if (address.Scheme == Uri.UriSchemeHttp && !address.IsLoopback)
            return Fail(nameof(VaultOptions.Address), "has to begin with https, for it is not on this machine");
        return options.Token is null == options.TokenFile is null
            ? Fail(nameof(VaultOptions.Token), "or TokenFile is needed, and only one of them")
            : ValidateOptionsResult.Success;
    }

    private static ValidateOptionsResult Fail(string member, string what) => ValidateOptionsResult.Fail($"{VaultOptions.Section}:{member} {what}.");
}
