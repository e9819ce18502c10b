using Sandbox.Api.Http;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Quotas;

namespace Sandbox.Api.Mcp.Calls;

/// <summary>Why a tool did not do what it was called for, in the words of the REST interface, and what to do next.</summary>
internal sealed record ToolProblem
{
    public required string Code { get; init; }

    public required string Message { get; init; }

    /// <summary>What is wrong with each argument.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Arguments { get; init; }

    public string? Rule { get; init; }

    public string? Reason { get; init; }

    public QuotaBreach? Quota { get; init; }

    public long? RetryAfterSeconds { get; init; }

    public string? Log { get; init; }

    public string? TraceId { get; init; }

    public string? Next { get; init; }

    public static ToolProblem Of(ProblemResult result)
    {
        var problem = result.Document;
        return new ToolProblem
        {
            Code = problem.Code,
            Message = problem.Detail ?? problem.Title,
            Arguments = problem.Errors,
            Rule = problem.Rule,
            Reason = problem.Reason,
            Quota = problem.Quota,
            RetryAfterSeconds = result.RetryAfterSeconds,
            Log = problem.Log,
            TraceId = problem.TraceId,
            Next = NextStep(problem.Code, result.RetryAfterSeconds),
        };
    }

    private static string? NextStep(string code, long? seconds) => code switch
    {
        RefusalCodes.SessionExpired or RefusalCodes.SessionTerminated or RefusalCodes.SessionLost =>
            "The session is over, and its variables and files are gone: call create_session for a new one and set it up again.",
        RefusalCodes.InvalidRequest => "Correct the arguments that are named and call the tool again.",
        RefusalCodes.PolicyDenied => "Policy forbids this, and repeating it will not help: do without what the rule names, or tell the user.",
        RefusalCodes.PolicyUnknown => "Leave policy out, or ask the user for the name of one.",
        RefusalCodes.QuotaExceeded => $"End what is not needed any more (list_sessions, end_session, list_services, stop_service, remove_artifact), or try again in {seconds} s.",
        RefusalCodes.NotFound => "Check the id; the matching list_ tool shows what there is.",
        RefusalCodes.SessionBusy => "Wait for what runs (get_step, get_command), or stop it (interrupt_step, signal_command), and call again.",
        RefusalCodes.FileConflict or RefusalCodes.FileExists or RefusalCodes.FileDenied => "Look with list_files what is there, or choose another path.",
        RefusalCodes.DiskFull => "Remove files (remove_file), or create a session with a larger limits.diskBytes.",
        RefusalCodes.ArtifactUnknown => "list_artifacts shows what there is.",
        RefusalCodes.TemplateUnknown or RefusalCodes.LanguageUnavailable => "Leave template out to use the default one.",
        RefusalCodes.IsolationUnavailable => "Leave isolation out, if standard is enough for this code.",
        RefusalCodes.SecretUnknown => "Ask the user to store the secret; do not put its value into code.",
        RefusalCodes.ServiceStopped or RefusalCodes.ServiceFailed => "Read its log with read_service_log, and start a new one with start_service.",
        RefusalCodes.MemoryChanged => "Read the key again with read_memory, and write with the version that it has now.",
        RefusalCodes.CommandInputClosed => "Start a new command, with keepStdinOpen.",
        ProblemCodes.InternalError => "The server failed: try once more, then tell the user the traceId.",
        _ when seconds is { } after => $"Try again in {after} s.",
        _ => null,
    };
}
