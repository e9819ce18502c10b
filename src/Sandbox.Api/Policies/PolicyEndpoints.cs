using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Sandbox.Api.Http;
using Sandbox.Api.OpenApi;
using Sandbox.Api.Policies.Requests;
using Sandbox.Api.Tenants;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Sandboxes;

namespace Sandbox.Api.Policies;

/// <summary>The routes under <c>/v1/policies</c>: whoever uses sandboxes reads what it may do, and admins say so.</summary>
internal static class PolicyEndpoints
{
    private const int DefaultPage = 50;
    private const int LargestPage = 1000;

    public static RouteGroupBuilder MapPolicies(this IEndpointRouteBuilder routes)
    {
        var policies = routes.MapGroup("/policies").WithTags("Policies").RequireAuthorization(ApiAuthentication.Use);
        policies.MapGet("", List).DescribeListPolicies();
        policies.MapGet("/{name}", Get).DescribeGetPolicy();
        policies.MapPut("/{name}", Put).RequireAuthorization(ApiAuthentication.Administer)
            .WithMetadata(new RequestSizeLimitAttribute(PolicyDocumentReader.MaxBytes)).DescribePutPolicy();
        policies.MapDelete("/{name}", Remove).RequireAuthorization(ApiAuthentication.Administer).DescribeRemovePolicy();
        policies.MapGet("/{name}/versions", Versions).DescribeListPolicyVersions();
        policies.MapGet("/{name}/versions/{version}", GetVersion).DescribeGetPolicyVersion();
        policies.MapPost("/{name}/evaluate", Evaluate).DescribeEvaluatePolicy();
        return policies;
    }

    private static async Task<Results<Ok<PolicyList>, ProblemResult>> List(HttpContext context, IPolicyStore policies)
    {
        var errors = new RequestErrors();
        var (limit, cursor) = ReadPage(context, errors, PolicyName.IsValid);
        if (errors.Any)
            return ProblemResult.From(errors);
        return Answer(
            await policies.List(context.Caller.TenantId, cursor, limit, context.RequestAborted), static last => last.Name);
    }

    private static async Task<Results<Ok<Policy>, ProblemResult>> Get(string name, HttpContext context, IPolicyStore policies)
    {
        if (!PolicyName.IsValid(name) || await policies.Last(context.Caller.TenantId, name, context.RequestAborted) is not { Document: not null } last)
            return ProblemResult.NotFound();
        context.Response.Headers.ETag = PolicyPreconditions.ETagOf(last.Version);
        return TypedResults.Ok(Policy.Of(last));
    }

    private static async Task<Results<Ok<Policy>, Created<Policy>, ProblemResult>> Put(string name, HttpContext context, IGrainFactory grains)
    {
        if (!RequestBody.IsJson(context.Request))
            return ProblemResult.Of(ProblemCodes.UnsupportedMediaType);
        var errors = new RequestErrors();
        new RequestQuery(context.Request.Query, errors).RefuseUnknown();
        if (!PolicyName.IsValid(name))
            errors.Add("name", PolicyName.Rule);
        var condition = PolicyPreconditions.Read(context.Request, errors);
        using var body = await RequestBody.Read(context.Request, errors, context.RequestAborted);
        var document = body is null ? null : PolicyDocumentReader.Read(body.Root, errors);
        if (document is null || errors.Any)
            return ProblemResult.From(errors);
        var reply = await Grain(grains, context, name).Put(context.Caller, document, condition, context.RequestAborted);
        if (reply.Value is not { } version)
            return ProblemResult.From(reply.Refusal!);
        context.Response.Headers.ETag = PolicyPreconditions.ETagOf(version.Version);
        return version.Version == 1 ? TypedResults.Created($"/v1/policies/{name}", Policy.Of(version)) : TypedResults.Ok(Policy.Of(version));
    }

    private static async Task<Results<NoContent, ProblemResult>> Remove(string name, HttpContext context, IGrainFactory grains)
    {
        var errors = new RequestErrors();
        var condition = PolicyPreconditions.Read(context.Request, errors);
        if (errors.Any)
            return ProblemResult.From(errors);
        if (!PolicyName.IsValid(name))
            return ProblemResult.NotFound();
        var reply = await Grain(grains, context, name).Remove(context.Caller, condition, context.RequestAborted);
        return reply.Refusal is { } refusal ? ProblemResult.From(refusal) : TypedResults.NoContent();
    }

    private static async Task<Results<Ok<PolicyList>, ProblemResult>> Versions(string name, HttpContext context, IPolicyStore policies)
    {
        var errors = new RequestErrors();
        var before = 0;
        var (limit, cursor) = ReadPage(context, errors, text => TryReadVersion(text, out before));
        if (errors.Any)
            return ProblemResult.From(errors);
        if (!PolicyName.IsValid(name))
            return ProblemResult.NotFound();
        var page = await policies.Versions(context.Caller.TenantId, name, cursor is null ? null : before, limit, context.RequestAborted);
        if (page.Items.Count == 0 && cursor is null)
            return ProblemResult.NotFound();
        return Answer(page, static last => last.Version.ToString(CultureInfo.InvariantCulture));
    }

    private static async Task<Results<Ok<Policy>, ProblemResult>> GetVersion(string name, string version, HttpContext context, IPolicyStore policies) =>
        PolicyName.IsValid(name) && TryReadVersion(version, out var number)
        && await policies.Find(context.Caller.TenantId, name, number, context.RequestAborted) is { } found
            ? TypedResults.Ok(Policy.Of(found))
            : ProblemResult.NotFound();

    private static async Task<Results<Ok<PolicyEvaluation>, ProblemResult>> Evaluate(
        string name, HttpContext context, IGrainFactory grains, IPlatform platform, IOptions<ApiOptions> options)
    {
        if (!RequestBody.IsJson(context.Request))
            return ProblemResult.Of(ProblemCodes.UnsupportedMediaType);
        var errors = new RequestErrors();
        new RequestQuery(context.Request.Query, errors).RefuseUnknown();
        using var body = await RequestBody.Read(context.Request, errors, context.RequestAborted);
        var (job, session) = body is null ? default : EvaluationReader.Read(body.Root, name, platform, options.Value.MaxFiles, errors);
        if (errors.Any)
            return ProblemResult.From(errors);
        if (!PolicyName.IsValid(name))
            return ProblemResult.NotFound();
        var grain = Grain(grains, context, name);
        var reply = job is not null
            ? await grain.Evaluate(context.Caller, job, context.RequestAborted)
            : await grain.Evaluate(context.Caller, session!, context.RequestAborted);
        return reply.Value is { } evaluation ? TypedResults.Ok(evaluation) : ProblemResult.From(reply.Refusal!);
    }

    private static IPolicyGrain Grain(IGrainFactory grains, HttpContext context, string name) =>
        grains.GetGrain<IPolicyGrain>(new PolicyName(context.Caller.TenantId, name).ToString());

    private static (int Limit, string? Cursor) ReadPage(HttpContext context, RequestErrors errors, Func<string, bool> isPlace)
    {
        var query = new RequestQuery(context.Request.Query, errors);
        var limit = query.Integer("limit", 1, LargestPage, DefaultPage);
        var cursor = query.Cursor(place => isPlace(place.Id) ? place.Id : null);
        query.RefuseUnknown();
        return (limit, cursor);
    }

    private static Ok<PolicyList> Answer(PolicyPage page, Func<PolicyVersion, string> placeOf) => TypedResults.Ok(new PolicyList
    {
        Items = [.. page.Items.Select(Policy.Of)],
        NextCursor = page.HasMore ? CursorText.Write(page.Items[^1].CreatedAt, placeOf(page.Items[^1])) : null,
    });

    private static bool TryReadVersion(string text, out int version) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out version) && version > 0;
}
