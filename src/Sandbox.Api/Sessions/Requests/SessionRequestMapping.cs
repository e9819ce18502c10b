using System.Buffers;
using System.Globalization;
using Sandbox.Api.Http;
using Sandbox.Api.Sandboxes;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Snapshots;

namespace Sandbox.Api.Sessions.Requests;

/// <summary>From requests to what the grain does: every rule, then everything that is left out filled in.</summary>
internal static class SessionRequestMapping
{
    private const string DefaultLanguage = "python";
    private const string DefaultContext = "default";
    private const int ContextLength = 40;
    private const double ShortestSeconds = 1;

    private static readonly SearchValues<char> ContextCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    /// <summary>The session to make. Only of use when the errors are still empty afterwards.</summary>
    /// <param name="request">The request.</param>
    /// <param name="snapshot">The snapshot that it begins with, which says what the request leaves out; null for none.</param>
    /// <param name="platform">Bounds and defaults.</param>
    /// <param name="errors">Takes what is wrong.</param>
    public static SessionSpec ToSpec(SessionRequest request, SnapshotView? snapshot, IPlatform platform, RequestErrors errors)
    {
        // Which languages an own template has is known where the session is made.
        var language = request.Language ?? snapshot?.Language ?? (request.Template is null ? DefaultLanguage : SessionSpec.TemplatesLanguage);
        if (language != SessionSpec.TemplatesLanguage)
            CheckLanguage(language, platform, errors);
        SandboxMembers.CheckIsolation(request.Isolation, errors);
        SandboxMembers.CheckMetadata(request.Metadata, errors);
        SandboxMembers.CheckPolicy(request.Policy, errors);
        SandboxMembers.CheckSecrets(request.Secrets, request.Env, errors);
        CheckEnvironment(request.Env, errors);
        if (request.OnIdle is not (null or IdleActions.End or IdleActions.Pause or IdleActions.Suspend))
            errors.Add("onIdle", $"Must be {IdleActions.End}, {IdleActions.Pause} or {IdleActions.Suspend}.");
        if (request is { OnIdle: not null, IdleSeconds: null })
            errors.Add("onIdle", "Goes with idleSeconds.");
        return new SessionSpec(
            language,
            request.Template ?? snapshot?.Template,
            request.Isolation ?? snapshot?.Isolation ?? IsolationClasses.Standard,
            // A step shows plots and tables, which are larger than what a program prints.
            LimitRules.Complete(
                request.Limits, platform, snapshot?.Limits ?? platform.DefaultSessionLimits, errors),
            Within(request.TtlSeconds, ShortestSeconds, platform.MaximumTtlSeconds, "ttlSeconds", errors) ?? platform.DefaultTtlSeconds,
            Within(request.IdleSeconds, ShortestSeconds, platform.MaximumTtlSeconds, "idleSeconds", errors),
            request.OnIdle ?? IdleActions.End,
            request.Env ?? snapshot?.Env ?? EmptyMaps.OfStrings,
            request.Metadata ?? EmptyMaps.OfStrings,
            request.Snapshot,
            LeftOut: LimitRules.LeftOut(request.Limits),
            TtlLeftOut: request.TtlSeconds is null,
            Policy: request.Policy,
            Packages: SandboxMembers.ToPackages(request.Packages),
            Secrets: request.Secrets);
    }

    /// <summary>The change to make.</summary>
    public static SessionChange ToChange(SessionChangeRequest request, IPlatform platform, RequestErrors errors)
    {
        SandboxMembers.CheckMetadata(request.Metadata, errors);
        if (request is { TtlSeconds: null, IdleSeconds: null, Metadata: null } && !errors.Any)
            errors.Add("$", "Names nothing to change: ttlSeconds, idleSeconds or metadata.");
        return new SessionChange(
            Within(request.TtlSeconds, ShortestSeconds, platform.MaximumTtlSeconds, "ttlSeconds", errors),
            request.IdleSeconds is 0 ? 0 : Within(request.IdleSeconds, ShortestSeconds, platform.MaximumTtlSeconds, "idleSeconds", errors),
            request.Metadata);
    }

    /// <summary>Whether to pause to disk.</summary>
    public static bool ToDisk(PauseRequest request, RequestErrors errors)
    {
        if (request.Memory is not (null or PausePlaces.Memory or PausePlaces.Disk))
            errors.Add("memory", $"Must be {PausePlaces.Memory} or {PausePlaces.Disk}.");
        return request.Memory == PausePlaces.Disk;
    }

    /// <summary>The step to run.</summary>
    public static StepSpec ToStep(StepRequest request, IPlatform platform, RequestErrors errors)
    {
        CheckChoice(request, errors);
        if (request.Language is { } language)
            CheckLanguage(language, platform, errors);
        if (request.Context is { } context && (context.Length is 0 or > ContextLength || context.AsSpan().ContainsAnyExcept(ContextCharacters)))
            errors.Add("context", $"Has 1 to {ContextLength} letters, digits, _ and -.");
        CheckEnvironment(request.Env, errors);
        var (least, most) = (platform.MinimumLimits.WallSeconds, platform.MaximumLimits.WallSeconds);
        return new StepSpec(
            request.Code,
            request.Command,
            request.Language,
            request.Context ?? DefaultContext,
            request.Env ?? EmptyMaps.OfStrings,
            request.Stdin,
            Within(request.TimeoutSeconds, least, most, "timeoutSeconds", errors));
    }

    private static void CheckChoice(StepRequest request, RequestErrors errors)
    {
        if (errors.Has("code") || errors.Has("command"))
            return;
        if (request.Code is null == request.Command is null)
        {
            var text = request.Code is null ? "Either code or command is required." : "Only one of code and command may be given.";
            errors.Add("code", text);
            errors.Add("command", text);
            return;
        }

        if (request is { Command: not null, Language: not null })
            errors.Add("language", "Goes with code, not with a command.");
        if (request.Command is { } command)
            ArgumentRules.CheckCommand(command, errors);
    }

    private static void CheckLanguage(string language, IPlatform platform, RequestErrors errors)
    {
        if (!platform.Languages.Contains(language))
            errors.Add("language", $"Is not known here. Known: {string.Join(", ", platform.Languages.Order(StringComparer.Ordinal))}.");
    }

    private static void CheckEnvironment(IReadOnlyDictionary<string, string>? env, RequestErrors errors)
    {
        if (EnvironmentRules.Check(env, errors) > RequestBounds.ArgumentsTotalBytes)
            errors.Add("env", $"Exceeds {RequestBounds.ArgumentsTotalBytes} bytes.");
    }

    private static double? Within(double? asked, double least, double most, string name, RequestErrors errors)
    {
        if (asked is not { } value || (value >= least && value <= most))
            return asked;
        errors.Add(name, string.Create(CultureInfo.InvariantCulture, $"Must be from {least} to {most}."));
        return null;
    }
}
