using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Workflows;

namespace Sandbox.Grains.Workflows;

/// <summary>What every workflow of a node works with.</summary>
internal sealed partial class WorkflowServices(
    IGrainFactory grains,
    AgentIdentities agents,
    IWorkflowMemory memory,
    IAuditLog audit,
    IOptions<WorkflowOptions> options,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<WorkflowServices> logger)
{
    private const int LongestReportDelay = 10;
    private const int InputsAtOnce = 8;
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    public IGrainFactory Grains => grains;

    public AgentIdentities Agents => agents;

    public IWorkflowMemory Memory => memory;

    public IAuditLog Audit => audit;

    public WorkflowOptions Options => options.Value;

    public TimeProvider Time => time;

    public ILogger Logger => logger;

    /// <summary>Held while the input of a step is put together and handed over: how many are in memory at one time is bounded.</summary>
    public SemaphoreSlim Inputs { get; } = new(InputsAtOnce);

    /// <summary>Tells a workflow's grain something, for as long as this process lives: the next one finds out by itself.</summary>
    public async Task Report(string workflow, Func<IWorkflowReports, Task> call)
    {
        var stopping = lifetime.ApplicationStopping;
        for (var attempt = 1; !stopping.IsCancellationRequested; attempt++)
        {
            try
            {
                await call(grains.GetGrain<IWorkflowReports>(workflow));
                return;
            }
            catch (Exception e)
            {
                LogNotReported(workflow, attempt, e);
            }

            await Task.Delay(RetryDelay * Math.Min(attempt, LongestReportDelay), time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Asks a grain until it answers.</summary>
    /// <exception cref="OperationCanceledException">Nobody waits for it any more.</exception>
    public async Task<T> Ask<T>(string workflow, Func<Task<T>> call, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                cancellationToken.ThrowIfCancellationRequested();
                return await call();
            }
            catch (Exception e)
            {
                cancellationToken.ThrowIfCancellationRequested();
                LogNotAnswered(workflow, attempt, e);
            }

            await Task.Delay(RetryDelay * Math.Min(attempt, LongestReportDelay), time, cancellationToken);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Workflow {Workflow}: its grain could not be told (attempt {Attempt})")]
    private partial void LogNotReported(string workflow, int attempt, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Workflow {Workflow}: what a step runs did not answer (attempt {Attempt})")]
    private partial void LogNotAnswered(string workflow, int attempt, Exception exception);
}
