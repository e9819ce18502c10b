using Sandbox.Grains.Abstractions.Jobs;

namespace Sandbox.Grains.Jobs;

/// <summary>What a run, which works outside of the grain's turns, tells its grain. Only within the silo.</summary>
[Alias("sandbox.job.attempts")]
internal interface IJobAttempts : IGrainWithStringKey
{
    /// <summary>There is room on the node.</summary>
    [Alias("dispatch")]
    Task Dispatch();

    /// <summary>
    /// A sandbox is there. True when the attempt is durable and its code may start; false when it is not wanted any more.
    /// </summary>
    [Alias("started")]
    Task<bool> AttemptStarted(string sandboxId);

    /// <summary>The attempt is over. Ignored unless it is the present one.</summary>
    [Alias("ended")]
    Task AttemptEnded(string sandboxId);

    /// <summary>No sandbox could be made.</summary>
    [Alias("not_started")]
    Task AttemptNotStarted();
}
