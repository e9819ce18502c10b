namespace Sandbox.Client;

/// <summary>A job to run: either code in a language, or a command.</summary>
public sealed record JobRequest
{
    /// <summary>Language of the code, such as python, javascript or bash. Either this or command.</summary>
    public string? Language { get; init; }

    /// <summary>Source text; required with a language.</summary>
    public string? Code { get; init; }

    /// <summary>Argument vector to run instead of code; the first item is the program.</summary>
    public IReadOnlyList<string>? Command { get; init; }

    /// <summary>Arguments that the code sees after its own name; only with a language.</summary>
    public IReadOnlyList<string>? Args { get; init; }

    /// <summary>Environment variables, added to a minimal environment.</summary>
    public IReadOnlyDictionary<string, string>? Env { get; init; }

    /// <summary>Standard input; empty where left out.</summary>
    public string? Stdin { get; init; }

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

    /// <summary>Limits; each has a default.</summary>
    public LimitsRequest? Limits { get; init; }

    /// <summary>Globs, relative to the workspace, of files to keep after the end.</summary>
    public IReadOnlyList<string>? Artifacts { get; init; }

    /// <summary>Policy to run under; where left out the one of the credential, or else default.</summary>
    public string? Policy { get; init; }

    /// <summary>Labels of your own, which lists can be filtered by.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>Whether the job may be started again when its node is lost.</summary>
    public JobRetryRequest? Retry { get; init; }
}

/// <summary>A file to place in the workspace, given as text, as base64, or as an artifact of which it is a copy.</summary>
public sealed record FileRequest
{
    /// <summary>Path relative to the workspace, without "..".</summary>
    public string? Path { get; init; }

    /// <summary>Content as text, written as UTF-8.</summary>
    public string? Content { get; init; }

    /// <summary>Content as base64, for any bytes.</summary>
    public byte[]? ContentBase64 { get; init; }

    /// <summary>Id of an artifact of the tenant, of any size that the disk limit allows.</summary>
    public string? Artifact { get; init; }
}

/// <summary>Whether a job may run more than once.</summary>
public sealed record JobRetryRequest
{
    /// <summary>How often the job may be started. More than 1 allows that it runs at least once instead of at most once.</summary>
    public long? MaxAttempts { get; init; }
}
