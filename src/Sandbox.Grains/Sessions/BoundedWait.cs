namespace Sandbox.Grains.Sessions;

/// <summary>Waits in grain calls: never longer than was asked for, and never with an exception because it took longer.</summary>
internal static class BoundedWait
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    /// <summary>What one call waits of what its caller asked for: whoever wants more calls again.</summary>
    public static TimeSpan InCall(TimeSpan wait) => wait < Longest ? wait : Longest;

    /// <summary>Completes with the task, after the wait, or when this process lets go of what the task belongs to.</summary>
    public static async Task For(Task task, TimeSpan wait, TimeProvider time, CancellationToken cancellationToken)
    {
        if (wait <= TimeSpan.Zero)
            return;
        try
        {
            await task.WaitAsync(wait, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // The caller asks again.
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // This process lets go of it.
        }
    }
}
