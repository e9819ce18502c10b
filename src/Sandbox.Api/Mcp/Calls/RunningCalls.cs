using System.Collections.Concurrent;
using System.Globalization;
using ModelContextProtocol.Protocol;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Mcp.Calls;

/// <summary>
/// The calls that this process answers, by what a client names to cancel them. A number of a request means something only within the
/// conversation of a client, and nobody but the same caller can mean it.
/// </summary>
internal sealed class RunningCalls
{
    private readonly ConcurrentDictionary<Name, CancellationTokenSource> _calls = new();

    /// <summary>A call from its beginning until it is disposed.</summary>
    public Entry Begin(Caller caller, string? conversation, RequestId request, CancellationToken cancellationToken)
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        return new Entry(this, conversation is null ? null : new Name(caller.TenantId, caller.AgentId, conversation, TextOf(request)), source);
    }

    /// <summary>Cancels a call, if it is there.</summary>
    public void Cancel(Caller caller, string conversation, RequestId request)
    {
        if (!_calls.TryGetValue(new Name(caller.TenantId, caller.AgentId, conversation, TextOf(request)), out var source))
            return;
        try
        {
            source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It ended at the same moment.
        }
    }

    // 1 and "1" are two requests.
    private static string TextOf(RequestId request) =>
        request.Id is string text ? $"s{text}" : string.Create(CultureInfo.InvariantCulture, $"n{request.Id}");

    /// <summary>A call that runs.</summary>
    internal sealed class Entry : IDisposable
    {
        private readonly RunningCalls _owner;
        private readonly Name? _name;
        private readonly CancellationTokenSource _source;

        public Entry(RunningCalls owner, Name? name, CancellationTokenSource source)
        {
            (_owner, _name, _source) = (owner, name, source);
            if (name is { } key)
                owner._calls[key] = source;
        }

        public CancellationToken Token => _source.Token;

        public void Dispose()
        {
            if (_name is { } key)
                _owner._calls.TryRemove(new KeyValuePair<Name, CancellationTokenSource>(key, _source));
            _source.Dispose();
        }
    }

    internal readonly record struct Name(string Tenant, string Agent, string Conversation, string Request);
}
