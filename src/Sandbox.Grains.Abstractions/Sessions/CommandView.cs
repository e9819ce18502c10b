namespace Sandbox.Grains.Abstractions.Sessions;

/// <summary>A background command as callers see it.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="Number">Number within the session; steps and commands are numbered together.</param>
/// <param name="Command">Argument vector.</param>
/// <param name="Cwd">Working directory, absolute.</param>
/// <param name="Terminal">Name of its terminal; null where it has none.</param>
/// <param name="KeepStdinOpen">Whether standard input stays open after its beginning.</param>
/// <param name="Status">State now.</param>
/// <param name="Cause">Why it did not succeed.</param>
/// <param name="ExitCode">Exit code, where there is one.</param>
/// <param name="Signal">Name of the signal that ended it.</param>
/// <param name="StdoutBytes">Bytes of standard output so far; of one on a terminal, all that it wrote.</param>
/// <param name="StderrBytes">Bytes of standard error so far.</param>
/// <param name="AgentId">Who asked for it.</param>
/// <param name="CreatedAt">When it was asked for.</param>
/// <param name="StartedAt">When it started.</param>
/// <param name="FinishedAt">When it ended.</param>
[GenerateSerializer, Immutable, Alias("sandbox.session.command")]
public sealed record CommandView(
    [property: Id(0)] string SessionId,
    [property: Id(1)] long Number,
    [property: Id(2)] IReadOnlyList<string> Command,
    [property: Id(3)] string Cwd,
    [property: Id(4)] string? Terminal,
    [property: Id(5)] bool KeepStdinOpen,
    [property: Id(6)] StepStatus Status,
    [property: Id(7)] string? Cause,
    [property: Id(8)] int? ExitCode,
    [property: Id(9)] string? Signal,
    [property: Id(10)] long StdoutBytes,
    [property: Id(11)] long StderrBytes,
    [property: Id(12)] string AgentId,
    [property: Id(13)] DateTimeOffset CreatedAt,
    [property: Id(14)] DateTimeOffset? StartedAt,
    [property: Id(15)] DateTimeOffset? FinishedAt)
{
    /// <summary>Whether nothing more will happen to it.</summary>
    public bool Ended => Status > StepStatus.Running;
}

/// <summary>Answer to a command that was asked for.</summary>
/// <param name="Command">The command, as it stands.</param>
/// <param name="Replayed">True when it was there already: made by a request with the same idempotency key, or on the terminal of that name.</param>
[GenerateSerializer, Immutable, Alias("sandbox.session.command_submission")]
public sealed record CommandSubmission([property: Id(0)] CommandView Command, [property: Id(1)] bool Replayed);

/// <summary>A page of commands.</summary>
/// <param name="Items">In order of their number.</param>
/// <param name="Next">Number of the last one of the page; null when no more follow.</param>
[GenerateSerializer, Immutable, Alias("sandbox.session.command_page")]
public sealed record CommandPage([property: Id(0)] IReadOnlyList<CommandView> Items, [property: Id(1)] long? Next);

/// <summary>A part of a command's output.</summary>
/// <param name="Data">The bytes; empty when no more came within the wait.</param>
/// <param name="Start">Offset of the first of them: behind what was asked for where the bytes in between are not kept any more.</param>
/// <param name="Total">Bytes of the stream so far.</param>
/// <param name="Ended">True when no bytes will follow these.</param>
[GenerateSerializer, Immutable, Alias("sandbox.session.command_output")]
public sealed record CommandOutput([property: Id(0)] byte[] Data, [property: Id(1)] long Start, [property: Id(2)] long Total, [property: Id(3)] bool Ended)
{
    /// <summary>Where the next part begins.</summary>
    public long Next => Start + Data.Length;
}
