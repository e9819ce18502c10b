using System.Diagnostics;

namespace Sandbox.EndToEnd.Tests.Testing;

/// <summary>Waits for a condition, which it asks about again and again, until a deadline that only a broken product reaches.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    public static TimeSpan Deadline { get; } = TimeSpan.FromSeconds(60);

    public static Task True(Func<bool> condition, string what, CancellationToken cancellationToken) =>
        True(() => Task.FromResult(condition()), what, cancellationToken);

    public static async Task True(Func<Task<bool>> condition, string what, CancellationToken cancellationToken) =>
        await Value(async () => await condition() ? what : null, what, cancellationToken);

    /// <summary>The first answer that is not null.</summary>
    public static async Task<T> Value<T>(Func<Task<T?>> probe, string what, CancellationToken cancellationToken)
        where T : class
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            if (await probe() is { } value)
                return value;
            if (Stopwatch.GetElapsedTime(began) > Deadline)
                throw new TimeoutException($"It did not come true within {Deadline.TotalSeconds} s: {what}");
            await Task.Delay(Pause, cancellationToken);
        }
    }
}
