using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Sandbox.Api.Http;
using Sandbox.Api.Jobs.Requests;
using Sandbox.Api.OpenApi;
using Sandbox.Api.Output;
using Sandbox.Api.Sandboxes;
using Sandbox.Api.Tenants;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Abstractions.Sandboxes;

namespace Sandbox.Api.Jobs;

/// <summary>The routes under <c>/v1/jobs</c>.</summary>
internal static class JobEndpoints
{
    private const int DefaultPage = 50;
    private const int LargestPage = 1000;

    public static RouteGroupBuilder MapJobs(this IEndpointRouteBuilder routes)
    {
        var jobs = routes.MapGroup("/jobs").WithTags("Jobs").RequireAuthorization(ApiAuthentication.Use);
        jobs.MapPost("", Create).DescribeCreateJob();
        jobs.MapGet("", List).DescribeListJobs();
        jobs.MapGet("/{id}", Get).DescribeGetJob();
        jobs.MapDelete("/{id}", Delete).DescribeDeleteJob();
        jobs.MapPost("/{id}/cancel", Cancel).DescribeCancelJob();
        jobs.MapGet("/{id}/events", Events).DescribeJobEvents();
        jobs.MapGet("/{id}/stdout", Stdout).DescribeJobOutput("Stdout", "standard output");
        jobs.MapGet("/{id}/stderr", Stderr).DescribeJobOutput("Stderr", "standard error");
        return jobs;
    }

    private static async Task<Results<Accepted<Job>, Ok<Job>, ProblemResult>> Create(
        HttpContext context, IGrainFactory grains, IPlatform platform, LongPoll waiting, IOptions<ApiOptions> options)
    {
        if (!RequestBody.IsJson(context.Request))
            return ProblemResult.Of(ProblemCodes.UnsupportedMediaType);
        var errors = new RequestErrors();
        var query = new RequestQuery(context.Request.Query, errors);
        var wait = query.Wait();
        query.RefuseUnknown();
        var key = IdempotencyKey.Read(context.Request, errors);
        var prepared = await Prepare(context, platform, options.Value, key is not null, errors);
        if (errors.Any)
            return ProblemResult.From(errors);
        if (prepared.Refusal is { } unfit)
            return ProblemResult.From(unfit);

        var caller = context.Caller;
        var id = key is null ? JobId.New() : JobId.FromIdempotencyKey(caller.TenantId, key);
        var grain = grains.GetGrain<IJobGrain>(id.ToString());
        var submitted = await grain.Submit(caller, prepared.Value!.Spec, prepared.Value.Fingerprint, context.RequestAborted);
        if (submitted.Value is not { } submission)
            return ProblemResult.From(submitted.Refusal!);
        if (submission.Replayed)
            context.Response.Headers[IdempotencyKey.ReplayedHeader] = "true";
        return await AnswerSubmission(context, grain, submission.Job, waiting, wait);
    }

    private static async Task<Reply<PreparedJob>> Prepare(
        HttpContext context, IPlatform platform, ApiOptions options, bool isKeyed, RequestErrors errors)
    {
        using var body = await RequestBody.Read(context.Request, errors, context.RequestAborted);
        if (body is null || JobRequestReader.Read(body.Root, options.MaxFiles, errors) is not { } request)
            return new Reply<PreparedJob>(null, null);
        var spec = JobRequestMapping.ToSpec(request, platform, errors);
        if (errors.Any)
            return new Reply<PreparedJob>(null, null);
        if (SandboxMembers.RefuseIsolation(spec.Isolation, platform) is { } refusal)
            return refusal;
        // Nobody can repeat a submission that has no key, so there is nothing to compare.
        return new PreparedJob(spec, isKeyed ? RequestFingerprint.Compute(body.Root) : string.Empty);
    }

    private static async Task<Results<Accepted<Job>, Ok<Job>, ProblemResult>> AnswerSubmission(
        HttpContext context, IJobGrain grain, JobView job, LongPoll waiting, TimeSpan wait)
    {
        if (!job.HasEnded && wait > TimeSpan.Zero)
        {
            var reply = await WaitForEnd(grain, context, waiting, wait);
            if (reply.Value is not { } view)
                return ProblemResult.From(reply.Refusal!);
            job = view;
        }
        return job.HasEnded
            ? TypedResults.Ok(Job.From(job))
            : TypedResults.Accepted($"/v1/jobs/{job.Id}", Job.From(job));
    }

    private static async Task<Results<Ok<Job>, ProblemResult>> Get(string id, HttpContext context, IGrainFactory grains, LongPoll waiting)
    {
        var errors = new RequestErrors();
        var query = new RequestQuery(context.Request.Query, errors);
        var wait = query.Wait();
        query.RefuseUnknown();
        if (errors.Any)
            return ProblemResult.From(errors);
        return Find(grains, id) is { } grain
            ? Answer(await WaitForEnd(grain, context, waiting, wait))
            : ProblemResult.NotFound();
    }

    private static async Task<Results<Ok<JobList>, ProblemResult>> List(HttpContext context, IJobQueries jobs)
    {
        var errors = new RequestErrors();
        var query = new RequestQuery(context.Request.Query, errors);
        var status = query.Single("status") is { } name ? JobStates.Read(name, errors) : null;
        var metadata = query.Prefixed("metadata.");
        var limit = query.Integer("limit", 1, LargestPage, DefaultPage);
        var cursor = query.Cursor(static place => JobId.TryParse(place.Id, out var at) ? new JobCursor(place.CreatedAt, at) : null);
        query.RefuseUnknown();
        if (errors.Any)
            return ProblemResult.From(errors);
        var page = await jobs.List(context.Caller.TenantId, new JobFilter(status, metadata), cursor, limit, context.RequestAborted);
        return TypedResults.Ok(new JobList
        {
            Items = [.. page.Items.Select(Job.From)],
            NextCursor = page.Next is { } next ? CursorText.Write(next.CreatedAt, next.Id.ToString()) : null,
        });
    }

    private static async Task<Results<NoContent, ProblemResult>> Delete(string id, HttpContext context, IGrainFactory grains)
    {
        if (Find(grains, id) is not { } grain)
            return ProblemResult.NotFound();
        var reply = await grain.Delete(context.Caller, context.RequestAborted);
        return reply.Refusal is { } refusal ? ProblemResult.From(refusal) : TypedResults.NoContent();
    }

    private static async Task<Results<Ok<Job>, ProblemResult>> Cancel(string id, HttpContext context, IGrainFactory grains) =>
        Find(grains, id) is { } grain ? Answer(await grain.Cancel(context.Caller, context.RequestAborted)) : ProblemResult.NotFound();

    public static async Task<Results<EventStream, ProblemResult>> Events(string id, HttpContext context, IGrainFactory grains)
    {
        var errors = new RequestErrors();
        var after = EventStream.ReadResumption(context.Request, errors);
        if (errors.Any)
            return ProblemResult.From(errors);
        if (Find(grains, id) is not { } grain)
            return ProblemResult.NotFound();
        var caller = context.Caller;
        var reply = await OutputEventSource.Open(
            (last, wait, cancellationToken) => grain.ReadEvents(caller, last, wait, cancellationToken), after, context.RequestAborted);
        return reply.Value is { } stream ? stream : ProblemResult.From(reply.Refusal!);
    }

    public static Task<Results<JobOutput, ProblemResult>> Stdout(string id, HttpContext context, IGrainFactory grains) =>
        Output(id, OutputEventKinds.Stdout, context, grains);

    public static Task<Results<JobOutput, ProblemResult>> Stderr(string id, HttpContext context, IGrainFactory grains) =>
        Output(id, OutputEventKinds.Stderr, context, grains);

    private static async Task<Results<JobOutput, ProblemResult>> Output(string id, string kind, HttpContext context, IGrainFactory grains)
    {
        if (Find(grains, id) is not { } grain)
            return ProblemResult.NotFound();
        var first = await grain.ReadEvents(context.Caller, 0, TimeSpan.Zero, context.RequestAborted);
        return first.Value is { } page ? new JobOutput(grain, page, kind) : ProblemResult.From(first.Refusal!);
    }

    private static Task<Reply<JobView>> WaitForEnd(IJobGrain grain, HttpContext context, LongPoll waiting, TimeSpan wait)
    {
        var caller = context.Caller;
        return waiting.ForEnd(
            (round, cancellationToken) => grain.Get(caller, round, cancellationToken), static job => job.HasEnded, wait, context.RequestAborted);
    }

    /// <summary>The grain of a job; null when the text cannot be its id.</summary>
    public static IJobGrain? Find(IGrainFactory grains, string id) =>
        JobId.TryParse(id, out var job) ? grains.GetGrain<IJobGrain>(job.ToString()) : null;

    private static Results<Ok<Job>, ProblemResult> Answer(Reply<JobView> reply) =>
        reply.Value is { } view ? TypedResults.Ok(Job.From(view)) : ProblemResult.From(reply.Refusal!);

    private sealed record PreparedJob(JobSpec Spec, string Fingerprint);
}
