using System.Text;
using Sandbox.Api.Http;
using Sandbox.Api.Sandboxes;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Sandboxes;

namespace Sandbox.Api.Jobs.Requests;

/// <summary>From a request to what the grain runs: every rule, then everything that is left out filled in.</summary>
internal static class JobRequestMapping
{
    /// <summary>The job to run. Only of use when the errors are still empty afterwards.</summary>
    /// <param name="request">The request.</param>
    /// <param name="platform">Bounds and defaults.</param>
    /// <param name="errors">Takes what is wrong.</param>
    /// <param name="mayNameValues">Whether the artifacts of files may be named by a value that is known later.</param>
    public static JobSpec ToSpec(JobRequest request, IPlatform platform, RequestErrors errors, bool mayNameValues = false)
    {
        SourceRules.Check(request, platform, errors);
        FileRules.Check(request.Files, errors, mayNameValues);
        LabelRules.Check(request, errors);
        SandboxMembers.CheckPolicy(request.Policy, errors);
        SandboxMembers.CheckSecrets(request.Secrets, request.Env, errors);
        var limits = LimitRules.Complete(request.Limits, platform, platform.DefaultLimits, errors);
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
            (int)(request.Retry?.MaxAttempts ?? 1),
            LimitRules.LeftOut(request.Limits),
            request.Policy,
            SandboxMembers.ToPackages(request.Packages),
            request.Secrets);
    }

    public static JobFile ToFile(JobFileRequest file) =>
        new(file.Path!, file.ContentBase64 ?? Encoding.UTF8.GetBytes(file.Content ?? string.Empty), file.Artifact);
}
