using Microsoft.Extensions.Options;
using Sandbox.Api.Http;
using Sandbox.Api.Sessions.Requests;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.DynamicSessions;

/// <summary>
/// The session of an identifier: made when it is first asked for, and anew when the one before is over. Nothing is stored beside the
/// sessions, of which each carries its identifier as a label. The id of a new one follows from the identifier and the one before: of
/// calls that come at once, to whichever process, each makes the same.
/// </summary>
internal sealed class PooledSessions(IGrainFactory grains, ISessionQueries sessions, IPlatform platform, IOptions<DynamicSessionOptions> options)
{
    /// <summary>The label with the identifier.</summary>
    public const string Label = SessionSpec.ReservedLabels + "identifier";

    // With the session before, from which the id follows.
    private const string Before = SessionSpec.ReservedLabels + "before";

    // Forks have the labels of their source, and are not looked for.
    private const int MostLooked = 100;

    /// <summary>Does something with the session of an identifier. Where it ends at that moment, with the next one.</summary>
    public async Task<Reply<T>> Use<T>(Caller caller, string identifier, Func<SessionId, Task<Reply<T>>> use, CancellationToken cancellationToken)
        where T : class
    {
        var found = await Find(caller, identifier, cancellationToken);
        if (found.Value is not { } session)
            return found.Refusal!;
        var reply = await use(SessionOf(session));
        if (reply.Refusal is null || !IsOver(reply.Refusal))
            return reply;
        var next = await Open(caller, identifier, session.Id, cancellationToken);
        return next.Value is { } later ? await use(SessionOf(later)) : next.Refusal!;
    }

    private async Task<Reply<SessionView>> Find(Caller caller, string identifier, CancellationToken cancellationToken)
    {
        var filter = new SessionFilter(null, new Dictionary<string, string> { [Label] = identifier });
        var page = await sessions.List(caller.TenantId, filter, null, MostLooked, cancellationToken);
        var newest = page.Items.FirstOrDefault(session => session.Id == IdOf(caller, identifier, session.Metadata.GetValueOrDefault(Before)).ToString());
        return newest is { EndedAt: null } ? newest : await Open(caller, identifier, newest?.Id, cancellationToken);
    }

    private async Task<Reply<SessionView>> Open(Caller caller, string identifier, string? before, CancellationToken cancellationToken)
    {
        var errors = new RequestErrors();
        var spec = SessionRequestMapping.ToSpec(new SessionRequest(), null, platform, errors) with
        {
            Metadata = new Dictionary<string, string> { [Label] = identifier, [Before] = before ?? string.Empty },
            // It lives for as long as it is used.
            TtlSeconds = platform.MaximumTtlSeconds,
            IdleSeconds = options.Value.CooldownSeconds,
            IdleLeftOut = true,
        };
        if (errors.Any)
            return new Refusal(RefusalCodes.InvalidRequest, errors.Summary, "identifier");
        var id = IdOf(caller, identifier, before);
        var reply = await grains.GetGrain<ISessionGrain>(id.ToString()).Create(caller, spec, identifier, cancellationToken);
        return reply.Value is { } made ? made.Session : reply.Refusal!;
    }

    private static SessionId IdOf(Caller caller, string identifier, string? before) => SessionId.FromName(caller.TenantId, identifier, before is "" ? null : before);

    private static bool IsOver(Refusal refusal) =>
        refusal.Code is RefusalCodes.SessionExpired or RefusalCodes.SessionTerminated or RefusalCodes.SessionLost;

    private static SessionId SessionOf(SessionView view) =>
        SessionId.TryParse(view.Id, out var id) ? id : throw new InvalidOperationException("A session has an id that is none.");
}
