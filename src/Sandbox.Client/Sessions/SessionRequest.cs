namespace Sandbox.Client;

/// <summary>A session to make; every member has a default.</summary>
public sealed record SessionRequest
{
    /// <summary>Language of steps that name none. Default python.</summary>
    public string? Language { get; init; }

    /// <summary>Root file system; the default template where left out.</summary>
    public string? Template { get; init; }

    /// <summary>Isolation class: standard (kernel namespaces) or strong (a user-space kernel). Default standard.</summary>
    public string? Isolation { get; init; }

    /// <summary>Seconds until it ends, whatever it does. Default 3600.</summary>
    public double? TtlSeconds { get; init; }

    /// <summary>Seconds without a step, a background command, a change or a transfer of files until onIdle. Left out: no bound.</summary>
    public double? IdleSeconds { get; init; }

    /// <summary>
    /// What happens when it has been idle: end (the default), pause until the next step, or suspend: pause to disk, without use of
    /// memory (isolation class strong).
    /// </summary>
    public string? OnIdle { get; init; }

    /// <summary>Environment variables of every step.</summary>
    public IReadOnlyDictionary<string, string>? Env { get; init; }

    /// <summary>Names of secrets to inject, as far as policy allows.</summary>
    public IReadOnlyList<string>? Secrets { get; init; }

    /// <summary>Packages to install before the first step, as far as policy allows.</summary>
    public PackagesRequest? Packages { get; init; }

    /// <summary>Limits; each has a default. wallSeconds and outputBytes are those of a step.</summary>
    public LimitsRequest? Limits { get; init; }

    /// <summary>Policy to run under; where left out the one of the credential, or else default.</summary>
    public string? Policy { get; init; }

    /// <summary>Labels of your own, which lists can be filtered by.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>
    /// Snapshot to begin with. Language, isolation class and template are the snapshot's; limits and env are, where they are left
    /// out.
    /// </summary>
    public string? Snapshot { get; init; }
}

/// <summary>A change of a live session; what is left out stays as it is.</summary>
public sealed record SessionChange
{
    /// <summary>Seconds from now until it ends.</summary>
    public double? TtlSeconds { get; init; }

    /// <summary>Seconds without work until it ends or pauses; 0 takes the bound away.</summary>
    public double? IdleSeconds { get; init; }

    /// <summary>Labels in place of the present ones.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }
}

/// <summary>A step to run: either code, or a command.</summary>
public sealed record StepRequest
{
    /// <summary>Source text. Either this or command.</summary>
    public string? Code { get; init; }

    /// <summary>Argument vector to run instead of code; the first item is the program.</summary>
    public IReadOnlyList<string>? Command { get; init; }

    /// <summary>Language of the code; the session's where left out.</summary>
    public string? Language { get; init; }

    /// <summary>Context: its steps run in order and share their state; different ones run side by side. Default default.</summary>
    public string? Context { get; init; }

    /// <summary>Environment variables of this step alone.</summary>
    public IReadOnlyDictionary<string, string>? Env { get; init; }

    /// <summary>Standard input; empty where left out.</summary>
    public string? Stdin { get; init; }

    /// <summary>Seconds that it may run; the session's limit where left out. It is interrupted, and killed when that does not help.</summary>
    public double? TimeoutSeconds { get; init; }
}
