using System.Globalization;
using Sandbox.Api.Dashboard.Layout;
using Sandbox.Api.Http;
using Sandbox.Api.Sessions;
using Sandbox.Api.Sessions.Requests;
using Sandbox.Api.Tenants;
using Sandbox.Grains.Abstractions.Sandboxes;

namespace Sandbox.Api.Dashboard.Sessions;

/// <summary>Steps on the page of their session: running one, following it, and the pictures that it showed.</summary>
internal static class StepPages
{
    // Most steps are over by then, and are shown whole at once.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    public static void MapStepPages(this RouteGroupBuilder sessions)
    {
        var steps = sessions.MapGroup("/{id}/steps");
        steps.MapPost("", Run);
        steps.MapGet("/{sequence}/events", StepEndpoints.Events);
        steps.MapGet("/{sequence}/results/{index:int}", Picture);
        steps.MapPost("/{sequence}/interrupt", Interrupt);
    }

    private static async Task<IResult> Run(string id, HttpContext context, IGrainFactory grains, IPlatform platform)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var errors = new RequestErrors();
        // Forms end lines as no program does.
        var code = form["code"].ToString().Replace("\r\n", "\n", StringComparison.Ordinal);
        if (code.Length == 0)
            errors.Add("code", "Is required.");
        var request = new StepRequest { Code = code, Language = TextOf(form, "language"), Context = TextOf(form, "context") };
        var spec = SessionRequestMapping.ToStep(request, platform, errors);
        if (errors.Any)
            return ProblemResult.From(errors);
        if (SessionEndpoints.Find(grains, id) is not { } grain)
            return ProblemResult.NotFound();
        var reply = await grain.RunStep(context.Caller, spec, null, null, Patience, context.RequestAborted);
        return reply.Value is { } submission ? ToStep(id, submission.Step.Sequence) : ProblemResult.From(reply.Refusal!);
    }

    private static async Task<IResult> Interrupt(string id, string sequence, HttpContext context, IGrainFactory grains)
    {
        if (StepEndpoints.Find(grains, id, sequence) is not var (grain, number))
            return ProblemResult.NotFound();
        var reply = await grain.Interrupt(context.Caller, number, context.RequestAborted);
        return reply.Refusal is { } refusal ? ProblemResult.From(refusal) : ToStep(id, number);
    }

    /// <summary>A picture that a step showed. It stands in the page as one, in which nothing runs; by itself it is shown within a policy that lets nothing run or load.</summary>
    private static async Task<IResult> Picture(string id, string sequence, int index, HttpContext context, IGrainFactory grains)
    {
        if (StepEndpoints.Find(grains, id, sequence) is not var (grain, number))
            return ProblemResult.NotFound();
        var reply = await grain.GetStep(context.Caller, number, TimeSpan.Zero, context.RequestAborted);
        if (reply.Value is not { } step)
            return ProblemResult.From(reply.Refusal!);
        if (index < 0 || index >= step.Results.Count || StepPicture.Of(step.Results[index]) is not { } picture)
            return ProblemResult.NotFound();
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
        return TypedResults.Bytes(picture.Content, picture.Type);
    }

    private static IResult ToStep(string id, long number) =>
        Page.SeeOther(string.Create(CultureInfo.InvariantCulture, $"{SessionPages.Path}/{id}#step-{number}"));

    // What a form leaves empty says nothing.
    private static string? TextOf(IFormCollection form, string name) => form[name].ToString() is { Length: > 0 } text ? text : null;
}
