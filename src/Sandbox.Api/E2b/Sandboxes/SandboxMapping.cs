using Sandbox.Api.Http;
using Sandbox.Api.Sandboxes;
using Sandbox.Api.Sessions.Requests;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Snapshots;

namespace Sandbox.Api.E2b.Sandboxes;

/// <summary>From a request for a sandbox to the session that it becomes, by the rules of sessions.</summary>
internal static class SandboxMapping
{
    private const string UserHome = "HOME";

    // Labels of this door's own are beside these.
    private const int MostLabels = 24;

    /// <summary>The session to make. Only of use when the errors are still empty afterwards.</summary>
    /// <param name="request">The request.</param>
    /// <param name="defaultTimeout">Seconds that it lives where it does not say.</param>
    /// <param name="snapshot">The snapshot that it begins with; null for none.</param>
    /// <param name="platform">Bounds and defaults.</param>
    /// <param name="errors">Takes what is wrong.</param>
    public static SessionSpec ToSpec(NewSandbox request, double defaultTimeout, SnapshotView? snapshot, IPlatform platform, RequestErrors errors)
    {
        RefuseUnsupported(request, errors);
        request = request with
        {
            Metadata = Checked(request.Metadata, MostLabels, "metadata", errors),
            EnvVars = Checked(request.EnvVars, RequestBounds.Variables, "envVars", errors),
        };
        var (template, snapshotId) = SandboxTemplates.Resolve(request.TemplateId ?? string.Empty);
        var pauses = request.AutoPause == true;
        var timeout = request.Timeout ?? defaultTimeout;
        var found = new RequestErrors();
        var spec = SessionRequestMapping.ToSpec(
            new SessionRequest
            {
                Template = template,
                Snapshot = snapshotId,
                // Whoever wants it paused at the end means that it is kept: what counts then is how long nobody has used it.
                TtlSeconds = pauses ? null : timeout,
                IdleSeconds = pauses ? timeout : null,
                OnIdle = pauses ? IdleActions.Pause : null,
                Env = Environment(request, snapshot, template),
                Metadata = Labels(request),
            },
            snapshot,
            platform,
            found);
        foreach (var (field, texts) in found.ByField)
            errors.Add(NameOf(field), string.Join(' ', texts));
        // How long code may take is said by its client with each call.
        spec = spec with { Limits = spec.Limits with { WallSeconds = platform.MaximumLimits.WallSeconds } };
        return pauses ? spec with { TtlSeconds = platform.MaximumTtlSeconds } : spec;
    }

    private static Dictionary<string, string>? Checked(Dictionary<string, string>? values, int most, string name, RequestErrors errors)
    {
        if (values?.Count > most)
            errors.Add(name, $"Has at most {most} members.");
        else if (values?.ContainsValue(null!) == true)
            errors.Add(name, "Has strings only.");
        else
            return values;
        return null;
    }

    private static Dictionary<string, string> Environment(NewSandbox request, SnapshotView? snapshot, string? template)
    {
        var env = new Dictionary<string, string>(snapshot?.Env ?? EmptyMaps.OfStrings, StringComparer.Ordinal);
        if (template is null && snapshot is null)
            env[UserHome] = SandboxPaths.Home;
        foreach (var (name, value) in request.EnvVars ?? [])
            env[name] = value;
        return env;
    }

    private static Dictionary<string, string> Labels(NewSandbox request)
    {
        var labels = new Dictionary<string, string>(request.Metadata ?? [], StringComparer.Ordinal) { [SandboxLabels.Template] = request.TemplateId ?? string.Empty };
        if (request.AutoPause == true)
            labels[SandboxLabels.OnTimeout] = IdleActions.Pause;
        if (request.AutoResume?.Enabled == true)
            labels[SandboxLabels.AutoResume] = bool.TrueString;
        return labels;
    }

    // To take a request for something that is not done would be worse than to refuse it.
    private static void RefuseUnsupported(NewSandbox request, RequestErrors errors)
    {
        if (string.IsNullOrEmpty(request.TemplateId))
            errors.Add("templateID", "Is required.");
        if (request.AllowInternetAccess == false || request.Network is { ValueKind: System.Text.Json.JsonValueKind.Object } network && NetworkRules.Asks(network))
            errors.Add("network", "What a sandbox may reach is said by the tenant's policy, and not by a request.");
        if (request.AutoPauseMemory == false)
            errors.Add("autoPauseMemory", "A paused sandbox keeps its memory.");
        if (request.VolumeMounts is [_, ..])
            errors.Add("volumeMounts", "There are no volumes: files that outlive a sandbox are artifacts and snapshots.");
        if (request.Mcp is { ValueKind: System.Text.Json.JsonValueKind.Object })
            errors.Add("mcp", "There is no MCP gateway in the sandboxes.");
        if (request.Iam is { ValueKind: System.Text.Json.JsonValueKind.Object })
            errors.Add("iam", "Sandboxes have no identity at other services.");
        if (request.Metadata?.Keys.FirstOrDefault(SandboxLabels.IsOwn) is { } own)
            errors.Add($"metadata.{own}", "Names that begin with e2b/ are taken.");
    }

    private static string NameOf(string field) => field switch
    {
        "ttlSeconds" or "idleSeconds" => "timeout",
        "template" or "snapshot" => "templateID",
        _ when field.StartsWith("env", StringComparison.Ordinal) => $"envVars{field[3..]}",
        _ => field,
    };
}
