namespace Sandbox.Grains.Abstractions.Output;

/// <summary>One numbered event of a job or step.</summary>
/// <param name="Id">Rising within its job or step, over attempts and restarts of the server; gaps are allowed.</param>
/// <param name="Kind">One of <see cref="OutputEventKinds"/>.</param>
/// <param name="Data">
/// Raw bytes of output for <c>stdout</c> and <c>stderr</c>; UTF-8 JSON for the others:
/// <c>{"status":"running","attempt":1}</c> for <c>status</c>, the value for <c>result</c>,
/// <c>{"status":…,"cause":…,"exitCode":…,"signal":…}</c> for <c>end</c>.
/// </param>
[GenerateSerializer, Immutable, Alias("sandbox.output.event")]
public sealed record OutputEvent([property: Id(0)] long Id, [property: Id(1)] string Kind, [property: Id(2)] byte[] Data);

/// <summary>Kinds of <see cref="OutputEvent"/>; also the event names on the wire.</summary>
public static class OutputEventKinds
{
    /// <summary>The job or step changed state.</summary>
    public const string Status = "status";

    /// <summary>Standard output.</summary>
    public const string Stdout = "stdout";

    /// <summary>Standard error.</summary>
    public const string Stderr = "stderr";

    /// <summary>Value of the last expression; of a step, an object of MIME types.</summary>
    public const string Result = "result";

    /// <summary>Of a step, as it is stored: a piece of the lines that become the next three.</summary>
    public const string Rich = "rich";

    /// <summary>Of a step: something shown, an object of MIME types.</summary>
    public const string Display = "display";

    /// <summary>Of a step: the error that ended it, <c>{"name","value","traceback"}</c>.</summary>
    public const string Error = "error";

    /// <summary>
    /// Of a background command: the output up to here is not kept any more; <c>{"stdout":…,"stderr":…}</c> are the bytes of it
    /// since the beginning.
    /// </summary>
    public const string Dropped = "dropped";

    /// <summary>The job or step ended: the last event.</summary>
    public const string End = "end";
}

/// <summary>A run of events.</summary>
/// <param name="Events">In order of id; empty when nothing new came within the wait.</param>
/// <param name="Ended">True when no event will follow these.</param>
[GenerateSerializer, Immutable, Alias("sandbox.output.page")]
public sealed record OutputEventPage([property: Id(0)] IReadOnlyList<OutputEvent> Events, [property: Id(1)] bool Ended);
