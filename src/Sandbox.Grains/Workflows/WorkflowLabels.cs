namespace Sandbox.Grains.Workflows;

/// <summary>The labels by which a workflow's jobs and sessions are found in lists.</summary>
internal static class WorkflowLabels
{
    /// <summary>Id of the workflow.</summary>
    public const string Workflow = "workflow";

    /// <summary>Id of the step.</summary>
    public const string Step = "workflow_step";

    /// <summary>A step's own labels with them, which win.</summary>
    public static IReadOnlyDictionary<string, string> With(IReadOnlyDictionary<string, string> metadata, StepAssignment assignment) =>
        new Dictionary<string, string>(metadata, StringComparer.Ordinal) { [Workflow] = assignment.Workflow, [Step] = assignment.Spec.Id };
}
