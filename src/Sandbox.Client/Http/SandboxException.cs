namespace Sandbox.Client;

/// <summary>What kind of failure a <see cref="SandboxException"/> is.</summary>
public enum SandboxFailure
{
    /// <summary>The server answered, and refused; <see cref="SandboxException.Status"/> and what follows say why.</summary>
    Refused,

    /// <summary>No server could be reached: nothing was done.</summary>
    Unreachable,

    /// <summary>The connection broke off before the answer. Of a call that is not safe to repeat, it may have been carried out.</summary>
    ConnectionLost,

    /// <summary>What answered is not Sandbox's interface.</summary>
    UnknownAnswer,

    /// <summary>Content did not arrive as it was sent.</summary>
    DamagedContent,
}

/// <summary>A call that failed. Its text is for people; programs look at <see cref="Failure"/>, <see cref="Status"/> and <see cref="Code"/>.</summary>
public sealed class SandboxException : Exception
{
    /// <summary>A failure that was not answered.</summary>
    /// <param name="failure">What kind it is.</param>
    /// <param name="message">What happened.</param>
    /// <param name="inner">What it comes from.</param>
    public SandboxException(SandboxFailure failure, string message, Exception? inner = null)
        : base(message, inner) => Failure = failure;

    /// <summary>A refusal of the server.</summary>
    /// <param name="status">HTTP status.</param>
    /// <param name="problem">What the server says about it; null where it says nothing.</param>
    /// <param name="retryAfter">When it may be tried again.</param>
    /// <param name="inner">What it comes from.</param>
    public SandboxException(int status, ProblemDocument? problem, TimeSpan? retryAfter = null, Exception? inner = null)
        : base(problem?.Detail ?? problem?.Reason ?? problem?.Title ?? $"The server answered with HTTP {status}.", inner)
    {
        Status = status;
        Problem = problem;
        RetryAfter = retryAfter;
    }

    /// <summary>What kind of failure it is.</summary>
    public SandboxFailure Failure { get; }

    /// <summary>HTTP status; 0 where there was no answer.</summary>
    public int Status { get; }

    /// <summary>Stable name of the problem, such as policy_denied or session_expired; null where there is none.</summary>
    public string? Code => Problem?.Code;

    /// <summary>What is wrong, by the name of the request's member.</summary>
    public IReadOnlyDictionary<string, string[]> Errors => Problem?.Errors ?? new Dictionary<string, string[]>();

    /// <summary>How long to wait before it is tried again, where the server says so.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>All that the server says about the problem; null where it says nothing.</summary>
    public ProblemDocument? Problem { get; }
}
