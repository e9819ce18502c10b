using Sandbox.Api.Dashboard.Layout;
using Sandbox.Api.Http;
using Sandbox.Api.Policies;
using Sandbox.Api.Policies.Requests;
using Sandbox.Api.Tenants;
using Sandbox.Grains.Abstractions.Policies;

namespace Sandbox.Api.Dashboard.Policies;

/// <summary>The policies of the tenant: what they permit, what has changed, and what would be decided on a request.</summary>
internal static class PolicyPages
{
    public static void MapPolicyPages(this IEndpointRouteBuilder dashboard)
    {
        var policies = dashboard.MapGroup("/policies").RequireAuthorization(ApiAuthentication.Use);
        policies.MapGet("", List);
        policies.MapGet("/{name}", Get);
        policies.MapGet("/{name}/versions/{version}", GetVersion);
        policies.MapGet("/{name}/compare", Compare);
        policies.MapGet("/{name}/try", Prepare);
        policies.MapPost("/{name}/try", Try);
        policies.MapGet("/{name}/edit", Edit).RequireAuthorization(ApiAuthentication.Administer);
        policies.MapPost("/{name}/edit", Store).RequireAuthorization(ApiAuthentication.Administer);
    }

    private static async Task<IResult> List(HttpContext context, IPolicyStore policies)
    {
        var errors = new RequestErrors();
        return await PolicyLists.Policies(context, context.Caller.TenantId, policies, errors) is { } list
            ? Page.Of<PolicyListPage>(new { List = list })
            : ProblemResult.From(errors);
    }

    private static async Task<IResult> Get(string name, HttpContext context, IPolicyStore policies)
    {
        var errors = new RequestErrors();
        if (await PolicyLists.Versions(context, context.Caller.TenantId, name, policies, errors) is not { } versions)
            return ProblemResult.From(errors);
        // Where there never was one, the platform's default applies: only to the name that applies by itself.
        return versions.Items.Count > 0 || name == PolicyName.Default ? Page.Of<PolicyPage>(new { Name = name, Versions = versions }) : ProblemResult.NotFound();
    }

    private static async Task<IResult> GetVersion(string name, string version, HttpContext context, IPolicyStore policies) =>
        await PolicyLists.Version(context.Caller.TenantId, name, version, policies, context.RequestAborted) is { } found
            ? Page.Of<PolicyVersionPage>(new { Version = found })
            : ProblemResult.NotFound();

    private static async Task<IResult> Compare(string name, HttpContext context, IPolicyStore policies)
    {
        var errors = new RequestErrors();
        var query = new RequestQuery(context.Request.Query, errors);
        var (from, to) = (query.Single("from"), query.Single("to"));
        query.RefuseUnknown();
        if (errors.Any)
            return ProblemResult.From(errors);
        var (tenant, cancellationToken) = (context.Caller.TenantId, context.RequestAborted);
        return await PolicyLists.Version(tenant, name, from, policies, cancellationToken) is { } before
            && await PolicyLists.Version(tenant, name, to, policies, cancellationToken) is { } after
                ? Page.Of<PolicyComparisonPage>(new { Before = before, After = after })
                : ProblemResult.NotFound();
    }

    private static IResult Prepare(string name) =>
        PolicyName.IsValid(name) ? Page.Of<PolicyTrialPage>(new { Name = name }) : ProblemResult.NotFound();

    private static async Task<IResult> Try(string name, HttpContext context, PolicyTrial trial)
    {
        var text = (await context.Request.ReadFormAsync(context.RequestAborted))["request"].ToString();
        var errors = new RequestErrors();
        using var body = RequestBody.Parse(text, errors);
        var reply = body is null ? null : await trial.Evaluate(context.Caller, name, body.Root, errors, context.RequestAborted);
        var problem = reply is null ? ProblemResult.From(errors).Document : reply.Refusal is { } refusal ? ProblemResult.From(refusal).Document : null;
        return Page.Of<PolicyTrialPage>(
            new { Name = name, Request = text, Problem = problem, Evaluation = reply?.Value }, problem?.Status ?? StatusCodes.Status200OK);
    }

    private static async Task<IResult> Edit(string name, HttpContext context, IPolicyStore policies)
    {
        if (!PolicyName.IsValid(name))
            return ProblemResult.NotFound();
        var last = await policies.Last(context.Caller.TenantId, name, context.RequestAborted);
        return Page.Of<PolicyEditPage>(new { Name = name, Version = last?.Document is null ? 0 : last.Version, Text = PrettyJson.Of(last?.Document ?? new PolicyDocument()) });
    }

    private static async Task<IResult> Store(string name, HttpContext context, IGrainFactory grains)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var (text, version) = (form["document"].ToString(), form["version"].ToString());
        var errors = new RequestErrors();
        if (!PolicyName.IsValid(name))
            errors.Add("name", PolicyName.Rule);
        using var body = RequestBody.Parse(text, errors);
        var document = body is null ? null : PolicyDocumentReader.Read(body.Root, errors);
        Problem problem;
        if (document is null || errors.Any)
            problem = ProblemResult.From(errors).Document;
        else
        {
            var grain = grains.GetGrain<IPolicyGrain>(new PolicyName(context.Caller.TenantId, name).ToString());
            var reply = await grain.Put(context.Caller, document, ConditionOf(version), context.RequestAborted);
            if (reply.Value is not null)
                return Page.SeeOther($"/dashboard/policies/{name}");
            problem = ProblemResult.From(reply.Refusal!).Document;
        }

        return Page.Of<PolicyEditPage>(new { Name = name, Version = int.TryParse(version, out var shown) ? shown : 0, Text = text, Problem = problem }, problem.Status);
    }

    // As it was when the form was shown: whoever stored another version meanwhile is not overwritten.
    private static PolicyCondition ConditionOf(string version) =>
        int.TryParse(version, out var number) && number > 0 ? new PolicyCondition(AnyOf: [number]) : new PolicyCondition(Absent: true);
}
