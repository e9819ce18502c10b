using Microsoft.AspNetCore.Http.HttpResults;
using Sandbox.Api.Http;
using Sandbox.Api.OpenApi;
using Sandbox.Api.Services.Requests;
using Sandbox.Api.Tenants;
using Sandbox.Grains.Abstractions.Sandboxes;

namespace Sandbox.Api.Services;

/// <summary>The routes under <c>/v1/services/{id}/tokens</c>.</summary>
internal static class ServiceTokenEndpoints
{
    public static void MapServiceTokens(this RouteGroupBuilder services)
    {
        services.MapPost("/{id}/tokens", Make).DescribeMakeServiceToken();
        services.MapGet("/{id}/tokens", List).DescribeListServiceTokens();
        services.MapDelete("/{id}/tokens/{tokenId}", Revoke).DescribeRevokeServiceToken();
    }

    private static async Task<Results<Created<TokenOfService>, ProblemResult>> Make(string id, HttpContext context, IGrainFactory grains, IPlatform platform)
    {
        if (!RequestBody.IsJsonOrNone(context.Request))
            return ProblemResult.Of(ProblemCodes.UnsupportedMediaType);
        var errors = new RequestErrors();
        new RequestQuery(context.Request.Query, errors).RefuseUnknown();
        using var body = await RequestBody.ReadOptional(context.Request, errors, context.RequestAborted);
        var request = body is null ? null : ServiceRequestReader.ReadToken(body.Root, errors);
        var seconds = request is null ? null : ServiceRequestMapping.ToSeconds(request, platform, errors);
        if (errors.Any)
            return ProblemResult.From(errors);
        if (ServiceEndpoints.Find(grains, id) is not { } grain)
            return ProblemResult.NotFound();
        var reply = await grain.MakeToken(context.Caller, seconds, context.RequestAborted);
        return reply.Value is { } made
            ? TypedResults.Created((string?)null, TokenOfService.From(made.Token) with { Token = made.Text })
            : ProblemResult.From(reply.Refusal!);
    }

    private static async Task<Results<Ok<ServiceTokenList>, ProblemResult>> List(string id, HttpContext context, IGrainFactory grains)
    {
        if (ServiceEndpoints.Find(grains, id) is not { } grain)
            return ProblemResult.NotFound();
        var reply = await grain.ListTokens(context.Caller, context.RequestAborted);
        return reply.Value is { } tokens
            ? TypedResults.Ok(new ServiceTokenList { Items = [.. tokens.Items.Select(TokenOfService.From)] })
            : ProblemResult.From(reply.Refusal!);
    }

    private static async Task<Results<NoContent, ProblemResult>> Revoke(string id, string tokenId, HttpContext context, IGrainFactory grains)
    {
        if (ServiceEndpoints.Find(grains, id) is not { } grain)
            return ProblemResult.NotFound();
        var reply = await grain.RevokeToken(context.Caller, tokenId, context.RequestAborted);
        return reply.Refusal is { } refusal ? ProblemResult.From(refusal) : TypedResults.NoContent();
    }
}
