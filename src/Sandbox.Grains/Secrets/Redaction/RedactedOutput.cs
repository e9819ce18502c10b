using System.Runtime.CompilerServices;
using Sandbox.Runtime.Channel;

namespace Sandbox.Grains.Secrets.Redaction;

/// <summary>The output of an execution with all values masked, as it comes from the agent: nothing behind this sees them.</summary>
internal static class RedactedOutput
{
    /// <summary>Pieces that belong together come together.</summary>
    /// <param name="output">What the agent sends.</param>
    /// <param name="patterns">What is to be masked now: a session may get other values while something runs in it.</param>
    /// <param name="time">For how long an end that a value begins with is held back.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async IAsyncEnumerable<IReadOnlyList<AgentOutput>> Of(
        IAsyncEnumerable<AgentOutput> output, Func<SecretPatterns?> patterns, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var pieces = output.GetAsyncEnumerator(cancellationToken);
        SecretPatterns? known = null;
        OutputRedactor? redactor = null;
        var next = pieces.MoveNextAsync().AsTask();
        while (true)
        {
            if (redactor?.Patience is { } patience && !await Comes(next, patience, time, cancellationToken))
            {
                yield return redactor.LetGo();
                continue;
            }

            if (!await next)
                break;
            var piece = pieces.Current;
            if (patterns() is var now && now != known)
            {
                if (redactor?.LetGo() is { Count: > 0 } held)
                    yield return held;
                (known, redactor) = (now, now is null ? null : new OutputRedactor(now));
            }

            if (redactor is null)
                yield return [piece];
            else if (redactor.Add(piece) is { Count: > 0 } ready)
                yield return ready;
            next = pieces.MoveNextAsync().AsTask();
        }

        if (redactor?.LetGo() is { Count: > 0 } rest)
            yield return rest;
    }

    private static async Task<bool> Comes(Task<bool> next, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        if (next.IsCompleted)
            return true;
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var came = await Task.WhenAny(next, Task.Delay(patience, time, waiting.Token)) == next;
        await waiting.CancelAsync();
        return came;
    }
}
