using Sandbox.Grains.Abstractions.Sandboxes;

namespace Sandbox.Grains.Abstractions.Sessions;

/// <summary>What a session shall be: the validated request.</summary>
/// <param name="Language">Language of steps that name none; <see cref="TemplatesLanguage"/> for what the template suggests.</param>
/// <param name="Template">Root file system; the default template where null.</param>
/// <param name="Isolation">One of <see cref="IsolationClasses"/>.</param>
/// <param name="Limits">Limits, complete; wall-clock and output limits are those of one step.</param>
/// <param name="TtlSeconds">Seconds from its creation until it ends, whatever it does.</param>
/// <param name="IdleSeconds">Seconds without a step, a background command, a change or a transfer of files until <paramref name="OnIdle"/>; null for no bound.</param>
/// <param name="OnIdle">One of <see cref="IdleActions"/>.</param>
/// <param name="Env">Environment variables of every step, added to the minimal ones.</param>
/// <param name="Metadata">Caller's labels, which lists can be filtered by.</param>
/// <param name="Snapshot">Snapshot that it begins with; null for an empty workspace.</param>
/// <param name="Fork">Of a fork: the content that its source holds ready for it. Never of a request.</param>
/// <param name="LeftOut">Limits that the request does not name: policy may lower these.</param>
/// <param name="TtlLeftOut">Whether the request does not name its time to live: policy may shorten it.</param>
/// <param name="Policy">Name of the policy; null for the caller's.</param>
/// <param name="Packages">Packages to install before the first step; null for none.</param>
/// <param name="Secrets">Names of secrets to inject; null for none.</param>
/// <param name="Service">Of the session that a service is inside of its grain. Never of one that callers make.</param>
/// <param name="Workflow">Workflow that owns it, and whose memory it may use; null for none. Never of a request.</param>
/// <param name="IdleLeftOut">Whether <paramref name="IdleSeconds"/> is a default: policy may shorten it.</param>
[GenerateSerializer, Immutable, Alias("sandbox.session.spec")]
public sealed record SessionSpec(
    [property: Id(0)] string Language,
    [property: Id(1)] string? Template,
    [property: Id(2)] string Isolation,
    [property: Id(3)] ResourceLimits Limits,
    [property: Id(4)] double TtlSeconds,
    [property: Id(5)] double? IdleSeconds,
    [property: Id(6)] string OnIdle,
    [property: Id(7)] IReadOnlyDictionary<string, string> Env,
    [property: Id(8)] IReadOnlyDictionary<string, string> Metadata,
    [property: Id(9)] string? Snapshot = null,
    [property: Id(10)] string? Fork = null,
    [property: Id(11)] LimitMembers LeftOut = LimitMembers.None,
    [property: Id(12)] bool TtlLeftOut = false,
    [property: Id(13)] string? Policy = null,
    [property: Id(14)] RequestedPackages? Packages = null,
    [property: Id(15)] IReadOnlyList<string>? Secrets = null,
    [property: Id(16)] ServiceClaim? Service = null,
    [property: Id(17)] string? Workflow = null,
    [property: Id(18)] bool IdleLeftOut = false)
{
    /// <summary>Stands for Python where the template has it, and otherwise for the only language that it has.</summary>
    public const string TemplatesLanguage = "";

    /// <summary>What labels begin with by which doors find sessions again: no request sets, changes or removes them.</summary>
    public const string ReservedLabels = "dynamic-sessions/";
}

/// <summary>What policy is asked about a service beside what it is asked about its sandbox.</summary>
/// <param name="Port">The port at which it answers.</param>
/// <param name="IsCommand">Whether it runs a command, which is in no language.</param>
[GenerateSerializer, Immutable, Alias("sandbox.session.service_claim")]
public sealed record ServiceClaim([property: Id(0)] int Port, [property: Id(1)] bool IsCommand);

/// <summary>A change of a live session; members that are null leave things as they are.</summary>
/// <param name="TtlSeconds">Seconds from now until it ends.</param>
/// <param name="IdleSeconds">Seconds without work until it ends or pauses; 0 for no bound.</param>
/// <param name="Metadata">Labels in place of the present ones.</param>
/// <param name="Labels">Labels to set beside the others, or, where the value is null, to remove.</param>
/// <param name="AtMostPermitted">Whether times beyond what policy permits are as much as it permits; otherwise they are refused.</param>
[GenerateSerializer, Immutable, Alias("sandbox.session.change")]
public sealed record SessionChange(
    [property: Id(0)] double? TtlSeconds,
    [property: Id(1)] double? IdleSeconds,
    [property: Id(2)] IReadOnlyDictionary<string, string>? Metadata,
    [property: Id(3)] IReadOnlyDictionary<string, string?>? Labels = null,
    [property: Id(4)] bool AtMostPermitted = false);
