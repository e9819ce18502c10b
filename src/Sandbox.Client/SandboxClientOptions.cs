namespace Sandbox.Client;

/// <summary>How a <see cref="SandboxClient"/> calls.</summary>
public sealed record SandboxClientOptions
{
    /// <summary>Tenant to act in, of operators; null for the credential's own.</summary>
    public string? TenantId { get; init; }

    /// <summary>How often a call is tried again after the first time; 0 for never. Default 5.</summary>
    public int MaxRetries { get; init; } = 5;

    /// <summary>Pause before the first repetition, about; it doubles with each. Default 100 ms.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest pause, also where the server asks for a longer one by <c>Retry-After</c>. Default 10 s.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long one attempt may take to its answer, and a stream of events to its head; not for content and events, which take as long as they take. Default 100 s.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>How long a stream of events is taken up again in vain before it fails. Default 2 min.</summary>
    public TimeSpan StreamPatience { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Whether a server that nobody listens for is waited for, as it may be about to start again. Default true.</summary>
    public bool WaitForServer { get; init; } = true;

    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Numbers from 0 to 1 that spread the pauses.</summary>
    internal Func<double> Random { get; init; } = System.Random.Shared.NextDouble;

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(MaxRetries);
        ArgumentOutOfRangeException.ThrowIfLessThan(FirstPause, TimeSpan.Zero, nameof(FirstPause));
        ArgumentOutOfRangeException.ThrowIfLessThan(LongestPause, FirstPause, nameof(LongestPause));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(AttemptTimeout, TimeSpan.Zero, nameof(AttemptTimeout));
        ArgumentOutOfRangeException.ThrowIfLessThan(StreamPatience, TimeSpan.Zero, nameof(StreamPatience));
        ArgumentNullException.ThrowIfNull(TimeProvider);
    }
}
