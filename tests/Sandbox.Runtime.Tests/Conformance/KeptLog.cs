using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Sandbox.Runtime.Tests.Conformance;

/// <summary>What a node logged, to say why it could not start.</summary>
internal sealed class KeptLog
{
    private readonly ConcurrentQueue<string> _lines = new();

    public void Add(string line) => _lines.Enqueue(line);

    public override string ToString() => string.Join('\n', _lines);
}

internal sealed class KeptLogger<T>(KeptLog log) : ILogger<T>
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        log.Add($"{logLevel}: {formatter(state, exception)} {exception}");
}
