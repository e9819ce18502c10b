using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Tenants;

/// <summary>
/// Makes ASP.NET Core's settings of bearer tokens (<c>Authentication:Schemes:Bearer</c>) strict: issuer, audience, signature,
/// algorithm and times are always checked, whatever the settings leave out.
/// </summary>
internal sealed class TokenOptions(IOptions<CredentialOptions> credentials, TimeProvider time) : IPostConfigureOptions<JwtBearerOptions>
{
    // The server takes 32 KiB of headers; no token that says three things needs half of that.
    private const int LongestToken = 16 * 1024;

    // By configured keys, which are symmetric, or by the public ones of an issuer; never both, so that none passes for the other.
    private static readonly string[] Symmetric = [SecurityAlgorithms.HmacSha256, SecurityAlgorithms.HmacSha384, SecurityAlgorithms.HmacSha512];

    private static readonly string[] Asymmetric =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    private TimeSpan Skew => TimeSpan.FromSeconds(credentials.Value.ClockSkewSeconds);

    /// <summary>Whether tokens are configured at all.</summary>
    public static bool IsConfigured(IConfiguration configuration) => Section(configuration).GetChildren().Any();

    public static IConfigurationSection Section(IConfiguration configuration) =>
        configuration.GetSection($"{CredentialOptions.Section}:Schemes:{JwtBearerDefaults.AuthenticationScheme}");

    public void PostConfigure(string? name, JwtBearerOptions options)
    {
        var rules = options.TokenValidationParameters;
        var hasAuthority = !string.IsNullOrEmpty(options.Authority) || !string.IsNullOrEmpty(options.MetadataAddress);
        Check(options, rules, hasAuthority);
        options.MapInboundClaims = false;
        options.SaveToken = false;
        rules.ValidateIssuer = true;
        rules.ValidateAudience = true;
        rules.ValidateIssuerSigningKey = true;
        rules.RequireSignedTokens = true;
        rules.RequireExpirationTime = true;
        rules.ValidateLifetime = true;
        rules.LifetimeValidator = IsInTime;
        rules.ValidAlgorithms = hasAuthority ? Asymmetric : Symmetric;
        // An issuer's keys have names: a token that names none of them is not tried against each.
        rules.TryAllIssuerSigningKeys = !hasAuthority;
        options.Events = new JwtBearerEvents { OnMessageReceived = RefuseOversize, OnTokenValidated = TakeClaims };
    }

    private static void Check(JwtBearerOptions options, TokenValidationParameters rules, bool hasAuthority)
    {
        var hasKeys = rules.IssuerSigningKeys?.Any() == true || rules.IssuerSigningKey is not null;
        var hasIssuer = rules.ValidIssuers?.Any() == true || !string.IsNullOrEmpty(rules.ValidIssuer);
        var hasAudience = rules.ValidAudiences?.Any() == true || !string.IsNullOrEmpty(rules.ValidAudience) || !string.IsNullOrEmpty(options.Audience);
        var fault = (hasAuthority, hasKeys, hasIssuer, hasAudience) switch
        {
            (false, false, _, _) => "Neither Authority nor SigningKeys (of a valid issuer) is set.",
            (true, true, _, _) => "Authority and SigningKeys are both set; only one of them can be.",
            (false, _, false, _) => "ValidIssuer is missing.",
            (_, _, _, false) => "ValidAudiences is missing: tokens made for other services would be taken.",
            _ => null,
        };
        if (fault is not null)
            throw new OptionsValidationException(nameof(JwtBearerOptions), typeof(JwtBearerOptions), [$"Authentication:Schemes:Bearer: {fault}"]);
    }

    private bool IsInTime(DateTime? notBefore, DateTime? expires, SecurityToken token, TokenValidationParameters rules)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return expires is { } end && now - Skew < end && (notBefore is not { } start || start <= now + Skew);
    }

    private static Task RefuseOversize(MessageReceivedContext context)
    {
        if (BearerText.Of(context.Request) is { Length: > LongestToken })
            context.Fail("The token is too long.");
        return Task.CompletedTask;
    }

    private Task TakeClaims(TokenValidatedContext context)
    {
        var user = context.Principal!;
        var tenants = user.FindAll(CallerClaims.TenantId).Select(static claim => claim.Value).ToList();
        var agents = user.FindAll(CallerClaims.AgentId).Select(static claim => claim.Value).ToList();
        var policies = user.FindAll(CallerClaims.Policy).Select(static claim => claim.Value).ToList();
        var role = RoleOrder.Highest(user.FindAll(CallerClaims.Roles).Select(static claim => claim.Value));
        if (tenants is not [var tenant] || !CallerNames.IsTenant(tenant))
            context.Fail($"The token has no valid {CallerClaims.TenantId}.");
        else if (agents is not [var agent] || !CallerNames.IsAgent(agent))
            context.Fail($"The token has no valid {CallerClaims.AgentId}.");
        else if (policies.Count > 1 || policies.Any(static policy => !PolicyName.IsValid(policy)))
            context.Fail($"The token has no valid {CallerClaims.Policy}.");
        else if (role is null)
            context.Fail($"The token has none of the {CallerClaims.Roles} that there are.");
        else
            context.Principal = CallerClaims.ToPrincipal(new Caller(tenant, agent, role, policies.SingleOrDefault()), context.Scheme.Name, null, EndOf(context.SecurityToken));
        return Task.CompletedTask;
    }

    private DateTimeOffset EndOf(SecurityToken token)
    {
        var end = new DateTimeOffset(DateTime.SpecifyKind(token.ValidTo, DateTimeKind.Utc));
        return end > DateTimeOffset.MaxValue - Skew ? DateTimeOffset.MaxValue : end + Skew;
    }
}

/// <summary>Where ASP.NET Core looks for the settings of its schemes.</summary>
internal sealed class SchemeSettings(IConfiguration configuration) : IAuthenticationConfigurationProvider
{
    public IConfiguration AuthenticationConfiguration => configuration.GetSection(CredentialOptions.Section);
}
