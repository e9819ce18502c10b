namespace Sandbox.Grains.Output;

/// <summary>Waiting on behalf of a caller who asks again when it was too short.</summary>
internal static class BoundedWait
{
    /// <summary>Waits for a task, whatever becomes of it, or until the wait is over.</summary>
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
            // This process lets go of what is waited for.
        }
    }
}
