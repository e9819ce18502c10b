using Orleans.Concurrency;

namespace Sandbox.Grains.Workflows;

/// <summary>What works outside of the turns of a workflow's grain tells it. Only within the silo.</summary>
[Alias("sandbox.workflow.reports")]
internal interface IWorkflowReports : IGrainWithStringKey
{
    /// <summary>An attempt of a step is over. Ignored unless it is the present one.</summary>
    /// <param name="step">Index of the step.</param>
    /// <param name="attempt">Number of the attempt.</param>
    [Alias("ended"), AlwaysInterleave]
    Task AttemptEnded(int step, int attempt);

    /// <summary>A session of the workflow has ended.</summary>
    [Alias("session_closed"), AlwaysInterleave]
    Task SessionClosed(string name);

    /// <summary>Something is due.</summary>
    [Alias("wake"), AlwaysInterleave]
    Task Wake();
}
