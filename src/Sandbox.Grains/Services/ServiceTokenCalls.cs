using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Services;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Grains.Services;

/// <summary>The tokens of a service. Used in the turns of the service's grain only.</summary>
internal sealed class ServiceTokenCalls(ServiceRecord record, ServiceServices services, PortsOfService ports)
{
    private static readonly Refusal Unknown = new(RefusalCodes.NotFound, "There is no such token.");

    private DateTimeOffset Now => services.Time.GetUtcNow();

    /// <summary>The token that a service begins with, and its text.</summary>
    public static (StoredToken Stored, string Text) First(Caller caller, DateTimeOffset now)
    {
        // As long as the service lives: that is asked when it is shown.
        var text = ServiceTokenText.New();
        var token = new ServiceToken(ServiceTokenId.New().ToString(), caller.AgentId, now, DateTimeOffset.MaxValue);
        return (new StoredToken(token, ServiceTokenText.HashOf(text)), text);
    }

    public async Task<Reply<NewServiceToken>> Make(Caller caller, double? seconds)
    {
        var expires = seconds is { } wanted ? Now + TimeSpan.FromSeconds(wanted) : DateTimeOffset.MaxValue;
        var (stored, text) = First(caller, Now);
        stored = stored with { Token = stored.Token with { ExpiresAt = expires } };
        Refusal? full = null;
        await record.ChangeLiving(state =>
        {
            var living = state with { Tokens = [.. state.Tokens.Where(token => token.Token.ExpiresAt > Now)] };
            if (living.Tokens.Count < services.Options.MaxTokens)
                return living.AddToken(stored);
            full = new Refusal(RefusalCodes.QuotaExceeded, $"The service has {services.Options.MaxTokens} tokens already.");
            return state;
        }, ServiceAudit.TokenChanged(caller, record.Current.Id, AuditActions.ServiceTokenCreated, stored.Token.Id));
        if (full is not null)
            return full;
        return new NewServiceToken(Shown(stored.Token), text);
    }

    public ServiceTokens List() => new([.. record.Current.Tokens.Where(token => token.Token.ExpiresAt > Now).Select(token => Shown(token.Token))]);

    /// <summary>Durable before it is cut, cut before it is answered.</summary>
    public async Task<Reply<ServiceTokens>> Revoke(Caller caller, string tokenId)
    {
        if (record.Current.Tokens.All(token => token.Token.Id != tokenId))
            return Unknown;
        await record.ChangeLiving(
            state => state.RemoveToken(tokenId), ServiceAudit.TokenChanged(caller, record.Current.Id, AuditActions.ServiceTokenRevoked, tokenId));
        ports.Revoke(record.Current, tokenId);
        return List();
    }

    /// <summary>Who holds a token; null where it opens nothing.</summary>
    public ServiceTokenHolder? Find(string hash)
    {
        var found = record.Current.Tokens.FirstOrDefault(token => token.Hash == hash && token.Token.ExpiresAt > Now);
        return found is null ? null : new ServiceTokenHolder(record.Current.Session.TenantId, found.Token.AgentId, found.Token.Id, Shown(found.Token).ExpiresAt);
    }

    private ServiceToken Shown(ServiceToken token) =>
        token.ExpiresAt < record.Current.Session.ExpiresAt ? token : token with { ExpiresAt = record.Current.Session.ExpiresAt };
}
