using System.Text.Json;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Abstractions.Workflows;
using Sandbox.Grains.Output;

namespace Sandbox.Grains.Workflows;

/// <summary>The events of a workflow: all of them follow from its state, so that they are the same whenever they are read.</summary>
internal static class WorkflowTimeline
{
    /// <summary>Kind of an event about a step.</summary>
    public const string StepKind = "step";

    private const int PageSize = 1000;

    /// <summary>Events after an id, so many at most.</summary>
    public static OutputEventPage Read(WorkflowState state, long after)
    {
        // Written only where they are told.
        var events = Of(state, after).OrderBy(static entry => entry.Id).Take(PageSize).Select(static entry => entry.Write()).ToList();
        return new OutputEventPage(events, state.Ended && (events.Count == 0 || events[^1].Id == state.Sequence));
    }

    private static IEnumerable<(long Id, Func<OutputEvent> Write)> Of(WorkflowState state, long after)
    {
        if (after < 1)
            yield return (1, () => Status(1, OutputEventKinds.Status, WorkflowStatus.Running, null));
        foreach (var step in state.Steps)
        {
            foreach (var mark in step.Marks)
            {
                if (mark.Sequence > after)
                    yield return (mark.Sequence, () => Step(state, step, mark));
            }
        }

        if (state.StoppedSequence > after)
            yield return (state.StoppedSequence, () => Status(state.StoppedSequence, OutputEventKinds.Status, WorkflowStatus.Stopping, state.Cause));
        if (state.Ended && state.Sequence > after)
            yield return (state.Sequence, () => Status(state.Sequence, OutputEventKinds.End, state.Status, state.Cause));
    }

    private static OutputEvent Status(long id, string kind, WorkflowStatus status, string? cause) => new(id, kind, EventJson.Object(writer =>
    {
        writer.WriteString("status", EventJson.NameOf(status));
        if (cause is not null)
            writer.WriteString("cause", cause);
    }));

    private static OutputEvent Step(WorkflowState state, WorkflowStepState step, StepMark mark) => new(mark.Sequence, StepKind, EventJson.Object(writer =>
    {
        writer.WriteString("step", step.Id);
        writer.WriteString("status", EventJson.NameOf(mark.Status));
        writer.WriteString("at", mark.At.UtcDateTime);
        if (mark.Attempt > 0)
            writer.WriteNumber("attempt", mark.Attempt);
        if (mark.Attempt > 0 && step.Session is null)
            writer.WriteString("jobId", WorkflowViews.JobOf(state, step, mark.Attempt));
        else if (mark.Attempt > 0 && step.Session is { } session)
            writer.WriteString("sessionId", WorkflowViews.SessionOf(state, session));
        if (mark.Outcome is { } outcome)
            Write(writer, outcome);
    }));

    private static void Write(Utf8JsonWriter writer, StepOutcome outcome)
    {
        if (outcome.Cause is { } cause)
            writer.WriteString("cause", cause);
        if (outcome.Detail is { } detail)
            writer.WriteString("detail", detail);
        if (outcome.ExitCode is { } exitCode)
            writer.WriteNumber("exitCode", exitCode);
        if (outcome.SessionStep is { } sequence)
            writer.WriteNumber("sessionStep", sequence);
    }
}
