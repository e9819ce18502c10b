namespace Sandbox.Grains.Abstractions.Jobs;

/// <summary>One numbered event of a job.</summary>
/// <param name="Id">Rising within the job, over attempts and restarts of the server; gaps are allowed.</param>
/// <param name="Kind">One of <see cref="JobEventKinds"/>.</param>
/// <param name="Data">
/// Raw bytes of output for <c>stdout</c> and <c>stderr</c>; UTF-8 JSON for the others:
/// <c>{"status":"running","attempt":1}</c> for <c>status</c>, the value for <c>result</c>,
/// <c>{"status":…,"cause":…,"exitCode":…,"signal":…}</c> for <c>end</c>.
/// </param>
[GenerateSerializer, Immutable, Alias("sandbox.job.event")]
public sealed record JobEvent([property: Id(0)] long Id, [property: Id(1)] string Kind, [property: Id(2)] byte[] Data);

/// <summary>Kinds of <see cref="JobEvent"/>; also the event names on the wire.</summary>
public static class JobEventKinds
{
    /// <summary>The job changed state.</summary>
    public const string Status = "status";

    /// <summary>Standard output.</summary>
    public const string Stdout = "stdout";

    /// <summary>Standard error.</summary>
    public const string Stderr = "stderr";

    /// <summary>Value of the last expression.</summary>
    public const string Result = "result";

    /// <summary>The job ended: the last event.</summary>
    public const string End = "end";
}

/// <summary>A run of events.</summary>
/// <param name="Events">In order of id; empty when nothing new came within the wait.</param>
/// <param name="Ended">True when no event will follow these.</param>
[GenerateSerializer, Immutable, Alias("sandbox.job.event_page")]
public sealed record JobEventPage([property: Id(0)] IReadOnlyList<JobEvent> Events, [property: Id(1)] bool Ended);
