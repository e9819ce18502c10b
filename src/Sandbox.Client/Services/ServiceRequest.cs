namespace Sandbox.Client;

/// <summary>A service to start: either code in a language, or a command, that answers at a port.</summary>
public sealed record ServiceRequest
{
    /// <summary>Language of the code. Either this or command.</summary>
    public string? Language { get; init; }

    /// <summary>Source text, run as a program; required with a language.</summary>
    public string? Code { get; init; }

    /// <summary>Argument vector to run instead of code; the first item is the program.</summary>
    public IReadOnlyList<string>? Command { get; init; }

    /// <summary>Port at which it answers, on the sandbox's loopback; it is told it in PORT.</summary>
    public int? Port { get; init; }

    /// <summary>Seconds until it is stopped. Default 3600.</summary>
    public double? TtlSeconds { get; init; }

    /// <summary>How it is found out whether it answers.</summary>
    public ServiceHealthRequest? Health { get; init; }

    /// <summary>Whether its program is started again when it has failed.</summary>
    public ServiceRestartRequest? Restart { get; init; }

    /// <summary>Environment variables, added to a minimal environment.</summary>
    public IReadOnlyDictionary<string, string>? Env { get; init; }

    /// <summary>Files placed in the workspace before the start.</summary>
    public IReadOnlyList<FileRequest>? Files { get; init; }

    /// <summary>Names of secrets to inject, as far as policy allows.</summary>
    public IReadOnlyList<string>? Secrets { get; init; }

    /// <summary>Packages to install before the start, as far as policy allows.</summary>
    public PackagesRequest? Packages { get; init; }

    /// <summary>Root file system; the default template where left out.</summary>
    public string? Template { get; init; }

    /// <summary>Isolation class: standard (kernel namespaces) or strong (a user-space kernel). Default standard.</summary>
    public string? Isolation { get; init; }

    /// <summary>Limits; each has a default. outputBytes is how much of its log is kept; wallSeconds is not asked.</summary>
    public LimitsRequest? Limits { get; init; }

    /// <summary>Policy to run under; where left out the one of the credential, or else default.</summary>
    public string? Policy { get; init; }

    /// <summary>Labels of your own, which lists can be filtered by.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }
}

/// <summary>How it is found out whether a service answers; every member has a default.</summary>
public sealed record ServiceHealthRequest
{
    /// <summary>Path that has to be answered with a status from 200 to 399; left out where it is enough that something listens.</summary>
    public string? Path { get; init; }

    /// <summary>Seconds between two looks, 0.1 to 3600. Default 10. After three in vain its program is started again.</summary>
    public double? IntervalSeconds { get; init; }

    /// <summary>Seconds that one look may take, 0.1 to 60. Default 5.</summary>
    public double? TimeoutSeconds { get; init; }

    /// <summary>Seconds from its start within which it has to answer for the first time, 1 to 3600. Default 60.</summary>
    public double? StartSeconds { get; init; }
}

/// <summary>Whether a service's program is started again.</summary>
public sealed record ServiceRestartRequest
{
    /// <summary>How often it may fail on end, 1 to 100, before the service is given up; 1 for no restart. Default 5.</summary>
    public long? MaxAttempts { get; init; }
}

/// <summary>A token to make.</summary>
public sealed record ServiceTokenRequest
{
    /// <summary>Seconds that it is good for; where left out, as long as the service lives.</summary>
    public double? ExpiresInSeconds { get; init; }
}
