using System.Buffers;
using System.Globalization;
using Sandbox.Api.Http;
using Sandbox.Api.Jobs.Requests;
using Sandbox.Api.Sandboxes;
using Sandbox.Api.Sessions.Requests;
using Sandbox.Grains.Abstractions.Ports;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Services;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Api.Services.Requests;

/// <summary>From a request to what the grain runs: every rule, then everything that is left out filled in.</summary>
internal static class ServiceRequestMapping
{
    private const int DefaultAttempts = 5;
    private const int MostAttempts = 100;
    private const int PathLength = 1024;
    private const int LastPort = 65535;

    private static readonly SearchValues<char> PathCharacters =
        SearchValues.Create([.. Enumerable.Range('!', '~' - '!' + 1).Select(static code => (char)code).Where(static c => c is not ('#' or '\\'))]);

    /// <summary>The service to start. Only of use when the errors are still empty afterwards.</summary>
    public static ServiceSpec ToSpec(ServiceRequest request, IPlatform platform, RequestErrors errors)
    {
        CheckChoice(request, errors);
        CheckPort(request.Port, errors);
        FileRules.Check(request.Files, errors);
        CheckCodeFile(request, errors);
        var sandbox = ToSandbox(request, platform, errors);
        if (request.Restart?.MaxAttempts is < 1 or > MostAttempts)
            errors.Add("restart.maxAttempts", $"Must be from 1 to {MostAttempts}.");
        return new ServiceSpec(
            sandbox with { Service = new ServiceClaim(request.Port ?? 0, request.Command is not null) },
            request.Command,
            request.Command is null ? request.Language : null,
            request.Command is null ? request.Code : null,
            request.Port ?? 0,
            ToHealth(request.Health ?? new ServiceHealthRequest(), errors),
            (int)(request.Restart?.MaxAttempts ?? DefaultAttempts),
            errors.Any ? [] : [.. (request.Files ?? []).Select(JobRequestMapping.ToFile)]);
    }

    /// <summary>Why a port is none that callers may reach; null where it may be one.</summary>
    public static string? FaultOfPort(int port) => port switch
    {
        < 1 or > LastPort => $"Must be from 1 to {LastPort}.",
        ReservedPorts.Egress => "Is the sandbox's own way out.",
        _ => null,
    };

    /// <summary>Seconds that a token is good for, checked.</summary>
    public static double? ToSeconds(ServiceTokenRequest request, IPlatform platform, RequestErrors errors) =>
        Within(request.ExpiresInSeconds, 1, platform.MaximumTtlSeconds, "expiresInSeconds", errors);

    // The sandbox is that of a session, by the same members and the same rules.
    private static SessionSpec ToSandbox(ServiceRequest request, IPlatform platform, RequestErrors errors) => SessionRequestMapping.ToSpec(
        new SessionRequest
        {
            Language = request.Command is null ? request.Language : null,
            Template = request.Template,
            Isolation = request.Isolation,
            TtlSeconds = request.TtlSeconds,
            Env = request.Env,
            Secrets = request.Secrets,
            Packages = request.Packages,
            Limits = request.Limits,
            Policy = request.Policy,
            Metadata = request.Metadata,
        },
        snapshot: null,
        platform,
        errors);

    private static void CheckChoice(ServiceRequest request, RequestErrors errors)
    {
        if (errors.Has("language") || errors.Has("command"))
            return;
        if (request.Language is null == request.Command is null)
        {
            var text = request.Language is null ? "Either language or command is required." : "Only one of language and command may be given.";
            errors.Add("language", text);
            errors.Add("command", text);
            return;
        }

        if (request.Language is not null && string.IsNullOrEmpty(request.Code) && !errors.Has("code"))
            errors.Add("code", "Is required with a language.");
        if (request.Command is not null && request.Code is not null)
            errors.Add("code", "Goes with a language, not with a command.");
        if (request.Command is { } command)
            ArgumentRules.CheckCommand(command, errors);
    }

    private static void CheckPort(int? port, RequestErrors errors)
    {
        if (errors.Has("port"))
            return;
        if ((port is { } given ? FaultOfPort(given) : "Is required.") is { } fault)
            errors.Add("port", fault);
    }

    private static void CheckCodeFile(ServiceRequest request, RequestErrors errors)
    {
        if (request is not { Language: { } language, Code: not null, Files: { } files })
            return;
        var taken = CodeFile.NameOf(language);
        foreach (var (index, file) in files.Index())
        {
            if (file.Path == taken || file.Path?.StartsWith($"{taken}/", StringComparison.Ordinal) == true)
                errors.Add($"files[{index}].path", "Is where the code goes.");
        }
    }

    private static ServiceHealth ToHealth(ServiceHealthRequest health, RequestErrors errors)
    {
        if (health.Path is { } path && (path.Length > PathLength || path is not ['/', ..] || path.AsSpan().ContainsAnyExcept(PathCharacters)))
            errors.Add("health.path", $"Must begin with / and have at most {PathLength} visible ASCII characters, without # and \\.");
        return new ServiceHealth(
            health.Path,
            Within(health.IntervalSeconds, 0.1, 3600, "health.intervalSeconds", errors) ?? 10,
            Within(health.TimeoutSeconds, 0.1, 60, "health.timeoutSeconds", errors) ?? 5,
            Within(health.StartSeconds, 1, 3600, "health.startSeconds", errors) ?? 60);
    }

    private static double? Within(double? asked, double least, double most, string name, RequestErrors errors)
    {
        if (asked is not { } value || (value >= least && value <= most))
            return asked;
        errors.Add(name, string.Create(CultureInfo.InvariantCulture, $"Must be from {least} to {most}."));
        return null;
    }
}
