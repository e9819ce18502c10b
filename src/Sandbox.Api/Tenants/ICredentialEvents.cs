using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Tenants;

/// <summary>Told of what must be on record about credentials.</summary>
internal interface ICredentialEvents
{
    /// <summary>A request was let in without a credential. It goes on when this has ended, and not at all when it fails.</summary>
    Task BypassUsed(Caller caller, HttpContext context);
}

/// <summary>Writes to the log what there is no other record for.</summary>
internal sealed partial class LoggedCredentialEvents(ILogger<LoggedCredentialEvents> logger) : ICredentialEvents
{
    public Task BypassUsed(Caller caller, HttpContext context)
    {
        // The template, not the path: a path is what a stranger wrote.
        LogBypassUsed(context.Request.Method, (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "unknown");
        return Task.CompletedTask;
    }

    [LoggerMessage(1, LogLevel.Warning, "Let in without a credential by the development bypass: {Method} {Route}.")]
    private partial void LogBypassUsed(string method, string route);
}
