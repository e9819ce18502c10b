namespace Sandbox.Api.E2b.Sandboxes;

/// <summary>
/// What this door has to know of a sandbox, kept among the labels of its session, so that it is as durable and as much the tenant's as
/// these: clients neither see nor set it.
/// </summary>
internal static class SandboxLabels
{
    public const string Template = Prefix + "template";
    public const string OnTimeout = Prefix + "on-timeout";
    public const string AutoResume = Prefix + "auto-resume";

    /// <summary>Followed by the id of a context of code: its language and folder.</summary>
    public const string Context = Prefix + "context/";

    private const string Prefix = "e2b/";

    public static bool IsOwn(string name) => name.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>The labels that the client has set.</summary>
    public static Dictionary<string, string> OfClient(IReadOnlyDictionary<string, string> labels) =>
        labels.Where(static label => !IsOwn(label.Key)).ToDictionary(StringComparer.Ordinal);

    /// <summary>Whether it is paused at the end of its time, and not ended.</summary>
    public static bool PausesAtEnd(IReadOnlyDictionary<string, string> labels) => labels.ContainsKey(OnTimeout);

    /// <summary>Whether a paused one goes on by itself when it is asked something.</summary>
    public static bool ResumesByItself(IReadOnlyDictionary<string, string> labels) => labels.ContainsKey(AutoResume);
}
