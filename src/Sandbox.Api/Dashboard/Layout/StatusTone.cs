namespace Sandbox.Api.Dashboard.Layout;

/// <summary>What a status means, whatever it is a status of: the word is always there beside the colour.</summary>
internal static class StatusTone
{
    public static string Of(string status) => status switch
    {
        "succeeded" or "ready" or "running" or "allowed" or "valid" or "active" or "healthy" or "completed" => "good",
        "failed" or "denied" or "lost" or "timed_out" or "broken" or "dead" or "error" => "bad",
        "queued" or "starting" or "paused" or "busy" or "pending" or "draining" or "stopping" or "suspended" or "waiting" => "wait",
        _ => "plain",
    };
}
