using System.Text.Json;
using Sandbox.Api.Http;
using Sandbox.Api.Jobs.Requests;
using Sandbox.Api.Sandboxes;
using Sandbox.Api.Sessions.Requests;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Api.Workflows.Requests;

/// <summary>Reads what the steps of a workflow run by the rules of the routes that would run it, so that both answer alike.</summary>
internal sealed class WorkflowPartReader(IPlatform platform, int maxFiles, RequestErrors errors)
{
    // By these a workflow's jobs are found in lists.
    private static readonly string[] ReservedLabels = ["workflow", "workflow_step"];

    /// <summary>The job of a step.</summary>
    /// <param name="element">The request.</param>
    /// <param name="at">Its path.</param>
    /// <param name="step">Id of the step, which faults are told with.</param>
    public JobSpec? Job(JsonElement element, string at, string? step) => Within(at, step, part =>
    {
        if (JobRequestReader.Read(element, maxFiles, part) is not { } request)
            return null;
        CheckLabels(request.Metadata, part);
        var spec = JobRequestMapping.ToSpec(request, platform, part, mayNameValues: true);
        CheckIsolation(spec.Isolation, part);
        return spec;
    });

    /// <summary>What a step runs in a session.</summary>
    /// <inheritdoc cref="Job"/>
    public StepSpec? Step(JsonElement element, string at, string? step) => Within(
        at, step, part => SessionRequestReader.ReadStep(element, part) is { } request ? SessionRequestMapping.ToStep(request, platform, part) : null);

    /// <summary>A session.</summary>
    public SessionSpec? Session(JsonElement element, string at) => Within(at, null, part =>
    {
        if (SessionRequestReader.ReadSession(element, part) is not { } request)
            return null;
        if (request.Snapshot is not null)
            part.Add("snapshot", "A session of a workflow begins empty.");
        CheckLabels(request.Metadata, part);
        var spec = SessionRequestMapping.ToSpec(request, snapshot: null, platform, part);
        CheckIsolation(spec.Isolation, part);
        return spec;
    });

    private static void CheckLabels(IReadOnlyDictionary<string, string>? metadata, RequestErrors errors)
    {
        foreach (var label in ReservedLabels)
        {
            if (metadata?.ContainsKey(label) == true)
                errors.Add($"metadata.{label}", "Is set by the workflow.");
        }
    }

    private void CheckIsolation(string isolation, RequestErrors errors)
    {
        if (!errors.Any && SandboxMembers.RefuseIsolation(isolation, platform) is { } refusal)
            errors.Add("isolation", refusal.Detail);
    }

    private T? Within<T>(string at, string? step, Func<RequestErrors, T?> read)
        where T : class
    {
        var part = new RequestErrors();
        var value = read(part);
        errors.AddWithin(at, part, step is null ? string.Empty : $"Step '{step}': ");
        return value;
    }
}
