using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Sandbox.Api.Http;
using Sandbox.Api.OpenApi;
using Sandbox.Api.Policies.Requests;
using Sandbox.Api.Tenants;
using Sandbox.Grains.Abstractions.Policies;

namespace Sandbox.Api.Policies;

/// <summary>The routes under <c>/v1/policies</c>: whoever uses sandboxes reads what it may do, and admins say so.</summary>
internal static class PolicyEndpoints
{
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
        return await PolicyLists.Policies(context, context.Caller.TenantId, policies, errors) is { } list ? TypedResults.Ok(list) : ProblemResult.From(errors);
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
        if (await PolicyLists.Versions(context, context.Caller.TenantId, name, policies, errors) is not { } list)
            return ProblemResult.From(errors);
        var isFirst = !context.Request.Query.ContainsKey("cursor");
        return PolicyName.IsValid(name) && !(isFirst && list.Items.Count == 0) ? TypedResults.Ok(list) : ProblemResult.NotFound();
    }

    private static async Task<Results<Ok<Policy>, ProblemResult>> GetVersion(string name, string version, HttpContext context, IPolicyStore policies) =>
        await PolicyLists.Version(context.Caller.TenantId, name, version, policies, context.RequestAborted) is { } found ? TypedResults.Ok(found) : ProblemResult.NotFound();

    private static async Task<Results<Ok<PolicyEvaluation>, ProblemResult>> Evaluate(string name, HttpContext context, PolicyTrial trial)
    {
        if (!RequestBody.IsJson(context.Request))
            return ProblemResult.Of(ProblemCodes.UnsupportedMediaType);
        var errors = new RequestErrors();
        new RequestQuery(context.Request.Query, errors).RefuseUnknown();
        using var body = await RequestBody.Read(context.Request, errors, context.RequestAborted);
        var reply = body is null ? null : await trial.Evaluate(context.Caller, name, body.Root, errors, context.RequestAborted);
        if (reply is null || errors.Any)
            return ProblemResult.From(errors);
        return reply.Value is { } evaluation ? TypedResults.Ok(evaluation) : ProblemResult.From(reply.Refusal!);
    }

    private static IPolicyGrain Grain(IGrainFactory grains, HttpContext context, string name) =>
        grains.GetGrain<IPolicyGrain>(new PolicyName(context.Caller.TenantId, name).ToString());
}
