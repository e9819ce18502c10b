using System.Text;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Abstractions.Workflows;
using Sandbox.Grains.Tests.Testing;
using Sandbox.Grains.Workflows;

namespace Sandbox.Grains.Tests.Workflows;

/// <summary>Workflows on a node whose sandboxes the test plays.</summary>
public abstract class WorkflowTest : NodeTest
{
    private protected async Task<WorkflowId> Submit(WorkflowSpec spec)
    {
        var id = WorkflowId.New();
        var reply = await Node.Workflow(id).Submit(Alice, spec, "fingerprint", Patience.Token);
        Assert.Null(reply.Refusal);
        return id;
    }

    private protected async Task<Refusal> Refused(WorkflowSpec spec) =>
        (await Node.Workflow(WorkflowId.New()).Submit(Alice, spec, "fingerprint", Patience.Token)).Refusal ?? throw new InvalidOperationException("It was accepted.");

    private protected async Task<WorkflowView> View(WorkflowId id)
    {
        var reply = await Node.Workflow(id).Get(Alice, TimeSpan.Zero, Patience.Token);
        Assert.Null(reply.Refusal);
        return reply.Value!;
    }

    private protected async Task<WorkflowView> Ended(WorkflowId id)
    {
        while (true)
        {
            var reply = await Node.Workflow(id).Get(Alice, Long, Patience.Token);
            Assert.Null(reply.Refusal);
            if (reply.Value!.HasEnded)
                return reply.Value;
        }
    }

    /// <summary>The next execution, whichever step it is of; its code is the step's id where the step is a plain one.</summary>
    private protected async Task<(ScriptedSandbox Sandbox, ScriptedExec Exec)> Next()
    {
        var sandbox = await Node.Runtime.Next();
        return (sandbox, await sandbox.NextExec());
    }

    /// <summary>Reads the events after an id to the end, or until one says what is waited for.</summary>
    private protected async Task<List<OutputEvent>> Events(WorkflowId id, long after = 0, string? until = null)
    {
        var events = new List<OutputEvent>();
        while (true)
        {
            var reply = await Node.Workflow(id).ReadEvents(Alice, events.Count > 0 ? events[^1].Id : after, Long, Patience.Token);
            Assert.Null(reply.Refusal);
            events.AddRange(reply.Value!.Events);
            if (reply.Value.Ended || (until is not null && events.Exists(entry => Text(entry).Contains(until, StringComparison.Ordinal))))
                return events;
        }
    }

    private protected static string Text(OutputEvent entry) => Encoding.UTF8.GetString(entry.Data);

    private protected static string Shown(WorkflowView workflow) => string.Join(' ', workflow.Steps.Select(step => $"{step.Id}:{step.Status}"));

    private protected static WorkflowStepView StepOf(WorkflowView workflow, string id) => workflow.Steps.Single(step => step.Id == id);

    private protected async Task<JobView> JobOf(WorkflowView workflow, string step)
    {
        Assert.True(JobId.TryParse(StepOf(workflow, step).JobId, out var id));
        return await View(id);
    }

    private protected WorkflowState? Durable(WorkflowId id) => Node.States.Read<WorkflowState>("workflow", id.ToString());
}
