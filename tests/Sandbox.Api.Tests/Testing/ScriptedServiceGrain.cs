using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Ports;
using Sandbox.Grains.Abstractions.Services;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Tests.Testing;

/// <summary>A service that keeps what it was told.</summary>
internal sealed class ScriptedServiceGrain : Grain, IServiceGrain
{
    private readonly List<(ServiceToken Token, string Hash)> _tokens = [];
    private ServiceSpec? _spec;
    private string? _tenant;
    private string? _fingerprint;
    private ServiceStatus _status = ServiceStatus.Running;

    private static Refusal NotFound => new(RefusalCodes.NotFound, "There is no such service.");

    public Task<Reply<ServiceCreation>> Create(Caller caller, ServiceSpec spec, string fingerprint, CancellationToken cancellationToken = default)
    {
        if (_spec is not null)
            return Task.FromResult<Reply<ServiceCreation>>(fingerprint == _fingerprint
                ? new ServiceCreation(View(), null, Replayed: true)
                : new Refusal(RefusalCodes.IdempotencyKeyReused, "Another request has this key."));
        (_spec, _tenant, _fingerprint) = (spec, caller.TenantId, fingerprint);
        return Task.FromResult<Reply<ServiceCreation>>(new ServiceCreation(View(), Add().Text, Replayed: false));
    }

    public Task<Reply<ServiceView>> Get(Caller caller, TimeSpan wait, CancellationToken cancellationToken = default) => Of(caller, View);

    public Task<Reply<ServiceView>> Stop(Caller caller, CancellationToken cancellationToken = default) => Of(caller, () =>
    {
        _status = ServiceStatus.Stopped;
        return View();
    });

    public Task<Reply<ServiceLog>> ReadLog(
        Caller caller, int attempt, string? stream, long from, int limit, TimeSpan wait, CancellationToken cancellationToken = default) =>
        Of(caller, () => new ServiceLog(1, new CommandOutput("said"u8[(int)from..].ToArray(), from, 4, true)));

    public Task<Reply<ServiceLogPage>> ReadLogEvents(Caller caller, int attempt, long after, TimeSpan wait, CancellationToken cancellationToken = default) =>
        Of(caller, () => new ServiceLogPage(attempt, new OutputEventPage(
            after == 0 ? [new OutputEvent(1, OutputEventKinds.Stdout, System.Text.Encoding.UTF8.GetBytes($"said {attempt}"))] : [], Ended: true), attempt == 2));

    public Task<Reply<NewServiceToken>> MakeToken(Caller caller, double? seconds, CancellationToken cancellationToken = default) => Of(caller, Add);

    public Task<Reply<ServiceTokens>> ListTokens(Caller caller, CancellationToken cancellationToken = default) => Of(caller, Tokens);

    public Task<Reply<ServiceTokens>> RevokeToken(Caller caller, string tokenId, CancellationToken cancellationToken = default) =>
        _tokens.RemoveAll(token => token.Token.Id == tokenId) == 0 ? Task.FromResult<Reply<ServiceTokens>>(NotFound) : Of(caller, Tokens);

    public Task<ServiceTokenHolder?> FindToken(string hash, CancellationToken cancellationToken = default) => Task.FromResult(
        _tokens.Where(token => token.Hash == hash).Select(token => new ServiceTokenHolder(_tenant!, "agent", token.Token.Id, token.Token.ExpiresAt)).FirstOrDefault());

    public Task<Reply<PortPlace>> Reach(Caller caller, CancellationToken cancellationToken = default) =>
        Of(caller, () => new PortPlace("owner", _tenant!, "sandbox", 8000, string.Empty));

    public Task<Refusal> Explain(Caller caller, CancellationToken cancellationToken = default) => Task.FromResult(NotFound);

    public Task Recover(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public Task Expire(DateTimeOffset endedBefore, CancellationToken cancellationToken = default) => Task.CompletedTask;

    private ServiceTokens Tokens() => new([.. _tokens.Select(token => token.Token)]);

    private NewServiceToken Add()
    {
        var text = ServiceTokenText.New();
        var token = new ServiceToken(ServiceTokenId.New().ToString(), "agent", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        _tokens.Add((token, ServiceTokenText.HashOf(text)));
        return new NewServiceToken(token, text);
    }

    private Task<Reply<T>> Of<T>(Caller caller, Func<T> answer)
        where T : class => Task.FromResult<Reply<T>>(_spec is not null && caller.TenantId == _tenant ? answer() : NotFound);

    private ServiceView View() => new(
        this.GetPrimaryKeyString(), _status, null, _spec!.Port, _spec.Health, 1, _spec.MaxAttempts, null, _spec.Language, _spec.Sandbox.Isolation, null,
        _spec.Sandbox.Limits, "node", "agent", new PolicyDecision("default", 0, true), _spec.Sandbox.Metadata, DateTimeOffset.UnixEpoch, null, null,
        DateTimeOffset.UnixEpoch.AddYears(200), null);
}
