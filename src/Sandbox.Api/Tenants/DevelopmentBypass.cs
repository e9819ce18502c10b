using System.ComponentModel.DataAnnotations;
using System.Net;
using Microsoft.Extensions.Options;
using Sandbox.Api.Dashboard.Access;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Tenants;

/// <summary>Lets a developer's own requests in without a credential. Off, and impossible outside of Development.</summary>
internal sealed partial class DevelopmentBypass(
    IOptions<CredentialOptions> options, IHostEnvironment environment, CredentialAudit audit, ILogger<DevelopmentBypass> logger)
{
    private static readonly Caller Developer = new(WellKnownTenants.Default, "development-bypass", Roles.Operator);

    /// <summary>Whether the door is open.</summary>
    public bool IsOn => options.Value.DevelopmentBypass && environment.IsDevelopment();

    /// <summary>Refuses to go on where the bypass is set and must not be.</summary>
    /// <exception cref="ValidationException">The environment is not Development.</exception>
    public static void Check(IConfiguration configuration, IHostEnvironment environment)
    {
        var isSet = configuration.GetSection(CredentialOptions.Section).GetValue<bool>(nameof(CredentialOptions.DevelopmentBypass));
        if (isSet && !environment.IsDevelopment())
            throw new ValidationException($"Authentication:DevelopmentBypass is set in the environment {environment.EnvironmentName}. It lets everybody on this machine in as operator and is for Development alone: remove the setting.");
    }

    /// <summary>Says at the start that the door is open.</summary>
    public void Announce()
    {
        if (IsOn)
            LogOpen();
    }

    /// <summary>Who a request without a credential is; null where it needs one.</summary>
    public async Task<Caller?> Admit(HttpContext context)
    {
        if (!IsOn || !IsOwn(context))
            return null;
        await audit.BypassUsed(Developer, context);
        return Developer;
    }

    // Without a credential any page that a browser on this machine shows could call: browsers say where a page is from, or
    // name a host that is not this one. Forms of the dashboard say it, too, and its door has seen that they are its own.
    private static bool IsOwn(HttpContext context)
    {
        var request = context.Request;
        var isLocal = context.Connection.RemoteIpAddress is { } remote && IPAddress.IsLoopback(remote);
        var namesThisHost = request.Host.Host == "localhost" || (IPAddress.TryParse(request.Host.Host.Trim('[', ']'), out var host) && IPAddress.IsLoopback(host));
        return isLocal && namesThisHost && (request.Headers.Origin.Count == 0 || DashboardMark.Is(context)) && (request.Headers["Sec-Fetch-Site"] is not [var site] || site is "same-origin" or "none");
    }

    [LoggerMessage(1, LogLevel.Critical, "THE DEVELOPMENT BYPASS IS ON: every request from this machine without a credential acts as operator. Never use it where others can reach this server.")]
    private partial void LogOpen();
}
