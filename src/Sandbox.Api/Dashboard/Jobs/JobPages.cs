using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using Sandbox.Api.Artifacts;
using Sandbox.Api.Dashboard.Access;
using Sandbox.Api.Dashboard.Layout;
using Sandbox.Api.Dashboard.Work;
using Sandbox.Api.Http;
using Sandbox.Api.Jobs;
using Sandbox.Api.Tenants;
using Sandbox.Grains.Abstractions.Jobs;

namespace Sandbox.Api.Dashboard.Jobs;

/// <summary>The pages under <c>/dashboard/jobs</c>.</summary>
internal static class JobPages
{
    public const string Path = $"{DashboardMark.Path}/jobs";

    public static void MapJobPages(this RouteGroupBuilder dashboard)
    {
        var jobs = dashboard.MapGroup("/jobs").RequireAuthorization(ApiAuthentication.Use);
        jobs.MapGet("", List);
        jobs.MapGet("/{id}", Show);
        jobs.MapGet("/{id}/events", JobEndpoints.Events);
        jobs.MapGet("/{id}/stdout", Stdout);
        jobs.MapGet("/{id}/stderr", Stderr);
        jobs.MapPost("/{id}/cancel", Cancel);
        dashboard.MapGet("/artifacts/{id}", ArtifactEndpoints.Download).RequireAuthorization(ApiAuthentication.Use);
    }

    private static async Task<IResult> List(HttpContext context, IJobQueries jobs)
    {
        var list = new ListRequest(context.Request.Query);
        if (JobId.TryParse(list.Search, out var id))
            return Page.SeeOther($"{Path}/{id}");
        var status = list.Status is { } name ? JobStates.Read(name, list.Errors) : null;
        var cursor = list.Cursor(static place => JobId.TryParse(place.Id, out var at) ? new JobCursor(place.CreatedAt, at) : null);
        if (list.Errors.Any)
            return Page.Of<JobListPage>(new { List = list }, StatusCodes.Status400BadRequest);
        var page = await jobs.List(context.Caller.TenantId, new JobFilter(status, list.Labels), cursor, ListRequest.PageSize, context.RequestAborted);
        var next = page.Next is { } place ? CursorText.Write(place.CreatedAt, place.Id.ToString()) : null;
        return Page.Of<JobListPage>(new { List = list, Jobs = page.Items, Next = next });
    }

    private static async Task<IResult> Show(string id, HttpContext context, IGrainFactory grains)
    {
        if (JobEndpoints.Find(grains, id) is not { } grain)
            return ProblemResult.NotFound();
        var reply = await grain.Get(context.Caller, TimeSpan.Zero, context.RequestAborted);
        return reply.Value is { } job ? Page.Of<JobDetailPage>(new { Job = job }) : ProblemResult.From(reply.Refusal!);
    }

    private static async Task<IResult> Cancel(string id, HttpContext context, IGrainFactory grains)
    {
        if (JobEndpoints.Find(grains, id) is not { } grain)
            return ProblemResult.NotFound();
        var reply = await grain.Cancel(context.Caller, context.RequestAborted);
        return reply.Refusal is { } refusal ? ProblemResult.From(refusal) : Page.SeeOther($"{Path}/{id}");
    }

    private static async Task<IResult> Stdout(string id, HttpContext context, IGrainFactory grains) =>
        ToSave($"{id}.stdout.txt", await JobEndpoints.Stdout(id, context, grains), context);

    private static async Task<IResult> Stderr(string id, HttpContext context, IGrainFactory grains) =>
        ToSave($"{id}.stderr.txt", await JobEndpoints.Stderr(id, context, grains), context);

    private static Results<JobOutput, ProblemResult> ToSave(string name, Results<JobOutput, ProblemResult> output, HttpContext context)
    {
        if (output.Result is JobOutput)
            context.Response.Headers.ContentDisposition = new ContentDispositionHeaderValue("attachment") { FileName = name }.ToString();
        return output;
    }
}
