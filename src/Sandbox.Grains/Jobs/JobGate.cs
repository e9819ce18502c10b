using Microsoft.Extensions.Options;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Admission;

namespace Sandbox.Grains.Jobs;

/// <summary>
/// First line of a submission, inside the grain, so that no door goes round it: what the platform can do and permits.
/// </summary>
internal sealed class JobGate(IJobPlatform platform, IOptions<NodeOptions> node)
{
    private const string Policy = "default";

    /// <summary>The platform's own policy has no stored version.</summary>
    private const int PlatformVersion = 0;

    public string Node => node.Value.Name;

    /// <summary>The decision that is stored with the job, and the refusal where there is one.</summary>
    public (JobDecision Decision, Refusal? Refusal) Decide(Caller caller, JobSpec spec)
    {
        if (caller.Role == Roles.Auditor)
            return Denied("role", "An auditor reads and does not run.");
        if (!platform.AvailableIsolation.Contains(spec.Isolation))
            return Unavailable(RefusalCodes.IsolationUnavailable, $"Isolation class '{spec.Isolation}' is not available on this host.", "isolation");
        if (spec.Template is { } template && !platform.Templates.Contains(template))
            return Unavailable(RefusalCodes.TemplateUnknown, $"There is no template '{template}'.", "template");
        if (spec.Language is { } language && !platform.Languages.Contains(language))
            return Unavailable(RefusalCodes.InvalidRequest, $"There is no language '{language}'.", "language");
        return (new JobDecision(Policy, PlatformVersion, true), null);
    }

    private static (JobDecision Decision, Refusal? Refusal) Denied(string rule, string reason) =>
        (new JobDecision(Policy, PlatformVersion, false, rule, reason), new Refusal(RefusalCodes.PolicyDenied, reason));

    private static (JobDecision Decision, Refusal? Refusal) Unavailable(string code, string detail, string field) =>
        (new JobDecision(Policy, PlatformVersion, false, field, detail), new Refusal(code, detail, field));
}
