namespace Sandbox.Grains.Webhooks;

/// <summary>How long to wait after an attempt that failed. Pure.</summary>
internal static class WebhookBackoff
{
    // Of many that failed at one time, not all come back at one time.
    private const double Jitter = 0.2;

    /// <summary>The wait after so many attempts.</summary>
    /// <param name="options">First and longest wait.</param>
    /// <param name="tries">Attempts until now, from 1.</param>
    /// <param name="chance">From 0 to 1: where within a fifth around the wait it falls.</param>
    public static TimeSpan After(WebhookOptions options, int tries, double chance)
    {
        var seconds = Math.Min(options.LongestRetrySeconds, options.FirstRetrySeconds * Math.Pow(2, Math.Min(tries - 1, 40)));
        return TimeSpan.FromSeconds(seconds * (1 + (Jitter * ((2 * chance) - 1))));
    }
}
