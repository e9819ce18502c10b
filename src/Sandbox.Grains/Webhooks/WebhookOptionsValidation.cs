using Microsoft.Extensions.Options;
using Sandbox.Egress.Outward;

namespace Sandbox.Grains.Webhooks;

/// <summary>What is wrong with how webhooks are configured, told at start.</summary>
internal sealed class WebhookOptionsValidation : IValidateOptions<WebhookOptions>
{
    public ValidateOptionsResult Validate(string? name, WebhookOptions options) =>
        options.AllowedRanges.All(static text => AddressRange.Parse(text) is not null)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"{WebhookOptions.Section}:{nameof(WebhookOptions.AllowedRanges)}: each must be a range of addresses, such as 10.1.0.0/16.");
}
