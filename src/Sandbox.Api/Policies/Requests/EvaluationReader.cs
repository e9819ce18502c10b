using System.Text.Json;
using Sandbox.Api.Http;
using Sandbox.Api.Jobs.Requests;
using Sandbox.Api.Services.Requests;
using Sandbox.Api.Sessions.Requests;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Api.Policies.Requests;

/// <summary>Reads what to evaluate with the rules of the routes that would run it, so that both answer alike.</summary>
internal static class EvaluationReader
{
    /// <summary>The job, or the session, be it that of a service; neither is of use where there are errors.</summary>
    public static (JobSpec? Job, SessionSpec? Session) Read(JsonElement root, string policy, IPlatform platform, int maxFiles, RequestErrors errors)
    {
        if (RequestObject.Open(root, errors) is not { } body)
            return default;
        var (job, session, service) = (body.Element("job"), body.Element("session"), body.Element("service"));
        body.RefuseUnknown();
        if (errors.Any)
            return default;
        if (new[] { job, session, service }.Count(static asked => asked is not null) != 1)
        {
            errors.Add("$", "Has either a job, a session or a service.");
            return default;
        }

        if (service is { } started)
            return (null, Within("service", errors, part => ReadService(started, policy, platform, maxFiles, part)));

        return job is { } asked
            ? (Within("job", errors, part => ReadJob(asked, policy, platform, maxFiles, part)), null)
            : (null, Within("session", errors, part => ReadSession(session!.Value, policy, platform, part)));
    }

    private static JobSpec? ReadJob(JsonElement element, string policy, IPlatform platform, int maxFiles, RequestErrors errors)
    {
        if (JobRequestReader.Read(element, maxFiles, errors) is not { } request)
            return null;
        CheckPolicy(request.Policy, policy, errors);
        return JobRequestMapping.ToSpec(request, platform, errors);
    }

    private static SessionSpec? ReadSession(JsonElement element, string policy, IPlatform platform, RequestErrors errors)
    {
        if (SessionRequestReader.ReadSession(element, errors) is not { } request)
            return null;
        CheckPolicy(request.Policy, policy, errors);
        if (request.Snapshot is not null)
            errors.Add("snapshot", "What a snapshot holds is not evaluated; name its language, template, isolation and limits.");
        return SessionRequestMapping.ToSpec(request, snapshot: null, platform, errors);
    }

    private static SessionSpec? ReadService(JsonElement element, string policy, IPlatform platform, int maxFiles, RequestErrors errors)
    {
        if (ServiceRequestReader.Read(element, maxFiles, errors) is not { } request)
            return null;
        CheckPolicy(request.Policy, policy, errors);
        return ServiceRequestMapping.ToSpec(request, platform, errors).Sandbox;
    }

    private static void CheckPolicy(string? named, string policy, RequestErrors errors)
    {
        if (named is not null && named != policy)
            errors.Add("policy", $"The path names the policy {policy}.");
    }

    private static T? Within<T>(string member, RequestErrors errors, Func<RequestErrors, T?> read)
        where T : class
    {
        var part = new RequestErrors();
        var value = read(part);
        errors.AddWithin(member, part);
        return value;
    }
}
