namespace Sandbox.Grains.Abstractions.Sessions;

/// <summary>What a step shall run: the validated request.</summary>
/// <param name="Code">Source text for the language; null where <paramref name="Command"/> is given.</param>
/// <param name="Command">An argument vector to run instead of code.</param>
/// <param name="Language">Language of the code; the session's where null.</param>
/// <param name="Context">Name of the context: its steps run in order, one at a time, and share state per language.</param>
/// <param name="Env">Environment variables of this step alone.</param>
/// <param name="Stdin">Standard input, as UTF-8; empty input where null.</param>
/// <param name="TimeoutSeconds">Seconds that it may run; the session's limit where null.</param>
[GenerateSerializer, Immutable, Alias("sandbox.session.step_spec")]
public sealed record StepSpec(
    [property: Id(0)] string? Code,
    [property: Id(1)] IReadOnlyList<string>? Command,
    [property: Id(2)] string? Language,
    [property: Id(3)] string Context,
    [property: Id(4)] IReadOnlyDictionary<string, string> Env,
    [property: Id(5)] string? Stdin,
    [property: Id(6)] double? TimeoutSeconds);
