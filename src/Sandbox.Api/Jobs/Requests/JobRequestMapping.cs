using System.Text;
using Sandbox.Api.Http;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Jobs;

namespace Sandbox.Api.Jobs.Requests;

/// <summary>From a request to what the grain runs: every rule, then everything that is left out filled in.</summary>
internal static class JobRequestMapping
{
    private const string DefaultPolicy = "default";

    /// <summary>The job to run. Only of use when the errors are still empty afterwards.</summary>
    public static JobSpec ToSpec(JobRequest request, IJobPlatform platform, RequestErrors errors)
    {
        SourceRules.Check(request, platform, errors);
        FileRules.Check(request.Files, errors);
        LabelRules.Check(request, errors);
        var limits = LimitRules.Complete(request.Limits, platform, errors);
        return new JobSpec(
            request.Language,
            request.Code,
            request.Command,
            request.Args ?? [],
            request.Env ?? EmptyMaps.OfStrings,
            request.Stdin,
            errors.Any ? [] : [.. (request.Files ?? []).Select(ToFile)],
            request.Template,
            request.Isolation ?? IsolationClasses.Standard,
            limits,
            request.Artifacts ?? [],
            request.Metadata ?? EmptyMaps.OfStrings,
            (int)(request.Retry?.MaxAttempts ?? 1));
    }

    /// <summary>Why a valid request cannot be carried out here; null when it can.</summary>
    public static Refusal? Refuse(JobRequest request, JobSpec spec, IJobPlatform platform)
    {
        if (request.Policy is { } policy && policy != DefaultPolicy)
            return new Refusal(RefusalCodes.PolicyUnknown, $"There is no policy of this name; only {DefaultPolicy} exists.", "policy");
        if (request.Packages is { } packages && (packages.Python is [_, ..] || packages.Node is [_, ..]))
            return Denied("packages");
        if (request.Secrets is [_, ..])
            return Denied("secrets");
        if (spec.Template is { } template && !platform.Templates.Contains(template))
            return new Refusal(RefusalCodes.TemplateUnknown, "There is no template of this name.", "template");
        if (!platform.AvailableIsolation.Contains(spec.Isolation))
            return new Refusal(RefusalCodes.IsolationUnavailable, $"This host cannot isolate as {spec.Isolation}.", "isolation");
        return null;
    }

    private static Refusal Denied(string member) =>
        new(RefusalCodes.PolicyDenied, $"The policy {DefaultPolicy} allows no {member}.", member, Rule: member);

    private static JobFile ToFile(JobFileRequest file) => new(file.Path!, file.ContentBase64 ?? Encoding.UTF8.GetBytes(file.Content!));
}
