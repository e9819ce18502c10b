namespace Sandbox.Client;

/// <summary>States of a session. Later servers may have more.</summary>
public static class SessionStatus
{
    /// <summary>It waits for work.</summary>
    public const string Ready = "ready";

    /// <summary>Something runs in it.</summary>
    public const string Busy = "busy";

    /// <summary>It is frozen, or stored on disk.</summary>
    public const string Paused = "paused";

    /// <summary>Its time to live, or to be idle, was over.</summary>
    public const string Expired = "expired";

    /// <summary>Somebody ended it.</summary>
    public const string Terminated = "terminated";

    /// <summary>Its sandbox was lost.</summary>
    public const string Failed = "failed";
}

/// <summary>States of a step or a background command. Later servers may have more.</summary>
public static class StepStatus
{
    /// <summary>It waits for those before it.</summary>
    public const string Queued = "queued";

    /// <summary>It runs.</summary>
    public const string Running = "running";

    /// <summary>It ended well.</summary>
    public const string Succeeded = "succeeded";

    /// <summary>It did not succeed; its cause says why.</summary>
    public const string Failed = "failed";

    /// <summary>Somebody interrupted it.</summary>
    public const string Interrupted = "interrupted";

    /// <summary>It took longer than it may.</summary>
    public const string TimedOut = "timed_out";
}
