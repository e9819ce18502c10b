using System.Globalization;
using System.Text;
using System.Text.Json;
using Sandbox.Api.Http;
using Sandbox.Api.Sandboxes;
using Sandbox.Api.Tenants;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Workflows;

namespace Sandbox.Api.Workflows.Requests;

/// <summary>
/// Reads a workflow strictly; what its steps run by <see cref="WorkflowPartReader"/>. That it is a graph, and what its texts name,
/// is looked at by the grain.
/// </summary>
internal sealed class WorkflowReader(IPlatform platform, int maxFiles, RequestErrors errors)
{
    private const int MostSteps = 1000;
    private const int MostSessions = 100;
    private const int MostAttempts = 10;
    private const double DefaultTimeoutSeconds = 3600;
    private const double LongestBackoffSeconds = 600;
    private const double LongestSeconds = 365 * 86_400d;

    // Less than what timers take.
    private const double LongestAttemptSeconds = 30 * 86_400d;

    // They are part of what is written with every step that ends.
    private const int MostDependencies = 10_000;

    private readonly WorkflowPartReader _parts = new(platform, maxFiles, errors);

    /// <summary>The workflow. Only of use when there are no errors.</summary>
    public WorkflowSpec? Read(JsonElement root)
    {
        if (RequestObject.Open(root, errors) is not { } body)
            return null;
        var (steps, sessions) = (0, 0);
        var spec = new WorkflowSpec(
            ReadName(body),
            body.Objects("steps", MostSteps, step => ReadStep(step, $"steps[{steps++}]")) ?? [],
            body.Objects("sessions", MostSessions, session => ReadSession(session, $"sessions[{sessions++}]")) ?? [],
            ReadMemory(body),
            Within(body.Number("timeoutSeconds"), 1, LongestSeconds, "timeoutSeconds") ?? DefaultTimeoutSeconds,
            ReadFailureMode(body),
            (int)(Within(body.SmallInteger("maxParallel"), 1, MostSteps, "maxParallel") ?? MostSteps),
            body.Map("metadata", RequestBounds.Labels) ?? EmptyMaps.OfStrings);
        SandboxMembers.CheckMetadata(spec.Metadata, errors);
        if (spec.Steps.Count == 0 && !errors.Has("steps"))
            errors.Add("steps", "At least one step is required.");
        if (spec.Steps.Sum(static step => step.DependsOn.Count) > MostDependencies)
            errors.Add("steps", $"They have more than {MostDependencies} dependencies together.");
        body.RefuseUnknown();
        return spec;
    }

    private WorkflowStepSpec ReadStep(RequestObject body, string at)
    {
        var id = body.String("id");
        if (id is null && !errors.Has($"{at}.id") && !errors.Has(at))
            errors.Add($"{at}.id", "Is required.");
        var retry = body.Object("retry", retry => new WorkflowRetryRequest
        {
            MaxAttempts = retry.SmallInteger("maxAttempts"),
            BackoffSeconds = retry.Number("backoffSeconds"),
        });
        var (job, session, step) = (body.Element("job"), body.String("session"), body.Element("step"));
        CheckChoice(job is not null, session is not null, step is not null, at);
        return new WorkflowStepSpec(
            id ?? string.Empty,
            body.Strings("dependsOn", MostSteps) ?? [],
            ReadAgent(body, at),
            job is { } asked ? _parts.Job(asked, $"{at}.job", id) : null,
            step is { } within && _parts.Step(within, $"{at}.step", id) is { } spec ? new WorkflowSessionStep(session ?? string.Empty, spec) : null,
            (int)(Within(retry?.MaxAttempts, 1, MostAttempts, $"{at}.retry.maxAttempts") ?? 1),
            Within(retry?.BackoffSeconds, 0, LongestBackoffSeconds, $"{at}.retry.backoffSeconds") ?? 1,
            Within(body.Number("timeoutSeconds"), 0.1, LongestAttemptSeconds, $"{at}.timeoutSeconds"),
            body.String("when"));
    }

    private WorkflowSessionSpec ReadSession(RequestObject body, string at)
    {
        var (name, session) = (body.String("name"), body.Element("session"));
        if (name is null && !errors.Has($"{at}.name") && !errors.Has(at))
            errors.Add($"{at}.name", "Is required.");
        if (session is null && !errors.Has($"{at}.session") && !errors.Has(at))
            errors.Add($"{at}.session", "Is required.");
        var spec = session is { } asked ? _parts.Session(asked, $"{at}.session") : null;
        // Where it is missing there is an error, and nobody reads it.
        return new WorkflowSessionSpec(name ?? string.Empty, ReadAgent(body, at), spec!);
    }

    private void CheckChoice(bool job, bool session, bool step, string at)
    {
        if (errors.Has(at) || errors.Has($"{at}.job") || errors.Has($"{at}.session") || errors.Has($"{at}.step"))
            return;
        if (job == (session || step))
            errors.Add($"{at}.job", job ? "Only one of job, and session with step, may be given." : "Either job, or session with step, is required.");
        else if (!job && session != step)
            errors.Add(session ? $"{at}.step" : $"{at}.session", "Session and step go together.");
    }

    private string? ReadAgent(RequestObject body, string at)
    {
        var agent = body.String("agentId");
        if (agent is not null && !CallerNames.IsAgent(agent))
            errors.Add($"{at}.agentId", CallerNames.AgentRule);
        return agent;
    }

    private string? ReadName(RequestObject body)
    {
        var name = body.String("name");
        if (name is not null && !CallerNames.IsName(name))
            errors.Add("name", $"Must be 1 to {CallerNames.LongestName} characters, none of them a control character.");
        return name;
    }

    private string ReadFailureMode(RequestObject body)
    {
        var mode = body.String("onFailure");
        if (mode is not (null or FailureModes.Stop or FailureModes.Continue))
            errors.Add("onFailure", $"Must be {FailureModes.Stop} or {FailureModes.Continue}.");
        return mode ?? FailureModes.Stop;
    }

    // Names and sizes are the memory's own to judge.
    private Dictionary<string, string> ReadMemory(RequestObject body)
    {
        var memory = new Dictionary<string, string>(StringComparer.Ordinal);
        if (body.Element("memory") is not { } given)
            return memory;
        if (UntrustedJson.Parse(Encoding.UTF8.GetBytes(given.GetRawText())) is not { } values)
        {
            errors.Add("memory", $"Is nested deeper than {UntrustedJson.MaxDepth} times.");
            return memory;
        }

        foreach (var member in values.EnumerateObject())
            memory[member.Name] = member.Value.GetRawText();
        return memory;
    }

    private double? Within(double? asked, double least, double most, string path)
    {
        if (asked is not { } value || (value >= least && value <= most))
            return asked;
        errors.Add(path, string.Create(CultureInfo.InvariantCulture, $"Must be from {least} to {most}."));
        return null;
    }
}
