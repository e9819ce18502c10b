namespace Sandbox.Grains.Abstractions.Sessions;

/// <summary>What a background command shall be: the validated request.</summary>
/// <param name="Command">Argument vector.</param>
/// <param name="Env">Environment variables of this command alone.</param>
/// <param name="Cwd">Working directory, absolute or relative to the workspace; the workspace where null.</param>
/// <param name="Stdin">What its standard input begins with, as UTF-8.</param>
/// <param name="KeepStdinOpen">Whether standard input stays open for more.</param>
/// <param name="TimeoutSeconds">Seconds that it may run; null for as long as the session lives.</param>
/// <param name="Terminal">The terminal that it runs on; null for none.</param>
/// <param name="EndsAll">Whether whatever it leaves running is killed at its end.</param>
[GenerateSerializer, Immutable, Alias("sandbox.session.command_spec")]
public sealed record CommandSpec(
    [property: Id(0)] IReadOnlyList<string> Command,
    [property: Id(1)] IReadOnlyDictionary<string, string> Env,
    [property: Id(2)] string? Cwd,
    [property: Id(3)] string? Stdin,
    [property: Id(4)] bool KeepStdinOpen,
    [property: Id(5)] double? TimeoutSeconds,
    [property: Id(6)] CommandTerminal? Terminal,
    [property: Id(7)] bool EndsAll = false);

/// <summary>The terminal of a background command.</summary>
/// <param name="Name">Name by which it is found again; one running command of a session has it.</param>
/// <param name="Columns">Characters of a line at the start.</param>
/// <param name="Rows">Lines at the start.</param>
[GenerateSerializer, Immutable, Alias("sandbox.session.command_terminal")]
public sealed record CommandTerminal([property: Id(0)] string Name, [property: Id(1)] int Columns, [property: Id(2)] int Rows)
{
    /// <summary>Largest number of columns or rows.</summary>
    public const int Most = 4096;
}

/// <summary>What the record of a background command has beside that of a step.</summary>
public sealed record BackgroundCommand
{
    /// <summary>Argument vector.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>Working directory, absolute.</summary>
    public required string Cwd { get; init; }

    /// <summary>Whether standard input stays open after its beginning.</summary>
    public bool KeepStdinOpen { get; init; }

    /// <summary>The terminal that it runs on; null for none.</summary>
    public CommandTerminal? Terminal { get; init; }

    /// <summary>Whether whatever it leaves running is killed at its end.</summary>
    public bool EndsAll { get; init; }

    /// <summary>Once it has ended: bytes of standard output, kept or not.</summary>
    public long StdoutBytes { get; init; }

    /// <summary>Once it has ended: bytes of standard error, kept or not.</summary>
    public long StderrBytes { get; init; }

    /// <summary>Once it has ended: id of the last piece of output.</summary>
    public long LastOutput { get; init; }
}
