using ModelContextProtocol.Protocol;
using Sandbox.Api.Http;
using Sandbox.Api.Jobs;
using Sandbox.Api.Mcp.Calls;
using Sandbox.Api.Mcp.Results;
using Sandbox.Api.Mcp.Schemas;
using Sandbox.Api.Sandboxes;
using Sandbox.Api.Sessions;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Output;

namespace Sandbox.Api.Mcp.Tools;

/// <summary>What was run once, and the output of all that was run.</summary>
internal sealed class JobTools(IGrainFactory grains, IJobQueries jobs, Following following) : IToolGroup
{
    public IEnumerable<ToolDefinition> Tools =>
    [
        new("get_job", "Get a job", "What run_code without a session came to, by its jobId; waits for its end where waitSeconds says so. Jobs stay readable for days.",
            new InputSchema().Required("jobId", Id()).Optional("waitSeconds", Members.Wait(0)), typeof(CodeRun), Get) { IsReadOnly = true },
        new("list_jobs", "List jobs", "Jobs of the tenant, newest first, without their output.",
            new InputSchema().WithFilter(JobStates.Names), typeof(JobList), List) { IsReadOnly = true },
        new("cancel_job", "Cancel a job", "Ends a job that waits or runs; one that has ended is left as it is.",
            new InputSchema().Required("jobId", Id()), typeof(CodeRun), Cancel) { IsDestructive = true, IsIdempotent = true },
        new("read_output", "Read more output",
            "A part of what a job or a step printed, by characters from the beginning: for output of which an answer showed the first part only. "
            + $"At most {ToolBounds.LargestPart} characters at once.",
            new InputSchema()
                .Optional("jobId", Schema.Text("The job. Either this, or sessionId with step."))
                .Optional("sessionId", Schema.Text("The session of the step."))
                .Optional("step", Schema.Integer("Number of the step.", 1))
                .Optional("stream", Schema.Choice("Default stdout.", [OutputEventKinds.Stdout, OutputEventKinds.Stderr]))
                .Optional("from", Schema.Integer("Characters to pass over. Default 0.", 0))
                .Optional("limit", Schema.Integer($"Most characters. Default {ToolBounds.OutputCharacters}.", 1, ToolBounds.LargestPart)),
            typeof(OutputPart), ReadOutput) { IsReadOnly = true },
    ];

    private static System.Text.Json.Nodes.JsonObject Id() => Schema.Text("Id of the job (job_…), as run_code answered with it.");

    private async Task<CallToolResult> Get(ToolCall call)
    {
        var (id, wait) = (call.Required("jobId"), call.Wait(0));
        if (call.Wrong() is { } wrong)
            return wrong;
        if (Find(id) is not { } grain)
            return ToolAnswer.NotFound("job");
        var caller = call.Caller;
        var reply = await following.ForEnd(
            call,
            (round, token) => grain.Get(caller, round, token),
            static job => job.HasEnded,
            (after, round, token) => grain.ReadEvents(caller, after, round, token),
            wait);
        return reply.Value is { } job ? RunAnswer.Of(job) : ToolAnswer.Refuse(reply.Refusal!);
    }

    private async Task<CallToolResult> List(ToolCall call)
    {
        var status = call.Arguments.String("status") is { } name ? JobStates.Read(name, call.Errors) : null;
        var metadata = call.Arguments.Map("metadata", RequestBounds.Labels) ?? EmptyMaps.OfStrings;
        var limit = call.PageSize();
        var cursor = call.Cursor(static place => JobId.TryParse(place.Id, out var at) ? new JobCursor(place.CreatedAt, at) : null);
        if (call.Wrong() is { } wrong)
            return wrong;
        var page = await jobs.List(call.Caller.TenantId, new JobFilter(status, metadata), cursor, limit, call.Cancelled);
        return ToolAnswer.Of(new JobList
        {
            Items = [.. page.Items.Select(Job.From)],
            NextCursor = page.Next is { } next ? CursorText.Write(next.CreatedAt, next.Id.ToString()) : null,
        });
    }

    private async Task<CallToolResult> Cancel(ToolCall call)
    {
        var id = call.Required("jobId");
        if (call.Wrong() is { } wrong)
            return wrong;
        if (Find(id) is not { } grain)
            return ToolAnswer.NotFound("job");
        var reply = await grain.Cancel(call.Caller, call.Cancelled);
        return reply.Value is { } job ? RunAnswer.Of(job) : ToolAnswer.Refuse(reply.Refusal!);
    }

    private async Task<CallToolResult> ReadOutput(ToolCall call)
    {
        var (jobId, session) = (call.Arguments.String("jobId"), call.Arguments.String("sessionId"));
        var step = call.Integer("step", 1, long.MaxValue, 0);
        var stream = call.Arguments.String("stream") ?? OutputEventKinds.Stdout;
        var from = call.Integer("from", 0, int.MaxValue, 0);
        var limit = call.Integer("limit", 1, ToolBounds.LargestPart, ToolBounds.OutputCharacters);
        if (stream is not (OutputEventKinds.Stdout or OutputEventKinds.Stderr))
            call.Errors.Add("stream", "Must be stdout or stderr.");
        if (jobId is null == (session is null || step == 0) || (jobId is not null && session is not null))
            call.Errors.Add("jobId", "Either jobId, or sessionId with step, is required.");
        if (call.Wrong() is { } wrong)
            return wrong;
        if (jobId is not null)
        {
            var job = Find(jobId) is { } grain ? await grain.Get(call.Caller, TimeSpan.Zero, call.Cancelled) : null;
            return job?.Value is { } view
                ? Part(stream == OutputEventKinds.Stdout ? view.Stdout : view.Stderr, from, limit, view.HasEnded, view.StdoutTruncated || view.StderrTruncated)
                : job?.Refusal is { } no ? ToolAnswer.Refuse(no) : ToolAnswer.NotFound("job");
        }

        var found = SessionEndpoints.Find(grains, session!) is { } live ? await live.GetStep(call.Caller, step, TimeSpan.Zero, call.Cancelled) : null;
        return found?.Value is { } ran
            ? Part(stream == OutputEventKinds.Stdout ? ran.Stdout : ran.Stderr, from, limit, ran.Ended, ran.StdoutTruncated || ran.StderrTruncated)
            : found?.Refusal is { } refusal ? ToolAnswer.Refuse(refusal) : ToolAnswer.NotFound("session");
    }

    private static CallToolResult Part(string? text, long from, long limit, bool hasEnded, bool isCut)
    {
        var whole = text ?? string.Empty;
        var (start, end) = TextParts.Bounds(whole, (int)from, (int)limit);
        return ToolAnswer.Of(new OutputPart
        {
            Text = whole[start..end],
            From = start,
            Next = end,
            Total = whole.Length,
            Ended = hasEnded,
            Hint = isCut ? "The stream is longer than what is kept here: the step's artifacts have it whole, as far as outputBytes allowed." : null,
        });
    }

    private IJobGrain? Find(string id) => JobId.TryParse(id, out var job) ? grains.GetGrain<IJobGrain>(job.ToString()) : null;
}
