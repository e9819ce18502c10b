using System.Collections.Concurrent;
using System.Net;
using Sandbox.Egress.Dialing;

namespace Sandbox.Egress.Tests.Testing;

/// <summary>A resolver whose answers the test gives, one after the other; the last one stays.</summary>
internal sealed class Names : IEgressResolver
{
    private readonly ConcurrentDictionary<string, Queue<IPAddress[]>> _answers = new();

    public void Set(string name, params string[] answers) => _answers[name] = new Queue<IPAddress[]>(answers.Select(answer => new[] { IPAddress.Parse(answer) }));

    public Task<IReadOnlyList<IPAddress>> Resolve(string name, CancellationToken cancellationToken)
    {
        if (!_answers.TryGetValue(name, out var answers))
            return Task.FromResult<IReadOnlyList<IPAddress>>([]);
        lock (answers)
            return Task.FromResult<IReadOnlyList<IPAddress>>(answers.Count > 1 ? answers.Dequeue() : answers.Peek());
    }
}
