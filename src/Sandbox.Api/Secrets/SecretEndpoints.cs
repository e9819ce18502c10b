using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Sandbox.Api.Http;
using Sandbox.Api.OpenApi;
using Sandbox.Api.Secrets.Requests;
using Sandbox.Api.Tenants;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Secrets;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Secrets;

/// <summary>The routes under <c>/v1/secrets</c>: admins store and remove, whoever uses sandboxes sees which there are, nobody reads values.</summary>
internal static class SecretEndpoints
{
    private const int DefaultPage = 50;
    private const int LargestPage = 1000;

    public static RouteGroupBuilder MapSecrets(this IEndpointRouteBuilder routes)
    {
        var secrets = routes.MapGroup("/secrets").WithTags("Secrets").RequireAuthorization(ApiAuthentication.Use);
        secrets.MapGet("", List).DescribeListSecrets();
        secrets.MapGet("/{name}", Get).DescribeGetSecret();
        secrets.MapPut("/{name}", Put).RequireAuthorization(ApiAuthentication.Administer)
            .WithMetadata(new RequestSizeLimitAttribute(SecretRequestReader.MaxBytes)).DescribePutSecret();
        secrets.MapDelete("/{name}", Remove).RequireAuthorization(ApiAuthentication.Administer).DescribeRemoveSecret();
        return secrets;
    }

    private static async Task<Results<Ok<SecretList>, ProblemResult>> List(HttpContext context, ISecretStore secrets)
    {
        var errors = new RequestErrors();
        var query = new RequestQuery(context.Request.Query, errors);
        var limit = query.Integer("limit", 1, LargestPage, DefaultPage);
        var after = query.Cursor(static place => SecretName.IsValid(place.Id) ? place.Id : null);
        query.RefuseUnknown();
        if (errors.Any)
            return ProblemResult.From(errors);
        // One more than asked for tells whether another page follows.
        var found = await secrets.List(context.Caller.TenantId, after, limit + 1, context.RequestAborted);
        var items = found.Take(limit).ToList();
        return TypedResults.Ok(new SecretList
        {
            Items = [.. items.Select(Secret.Of)],
            NextCursor = found.Count > limit ? CursorText.Write(items[^1].CreatedAt, items[^1].Name) : null,
        });
    }

    private static async Task<Results<Ok<Secret>, ProblemResult>> Get(string name, HttpContext context, ISecretStore secrets) =>
        await secrets.Find(context.Caller.TenantId, name, context.RequestAborted) is { } found ? TypedResults.Ok(Secret.Of(found)) : ProblemResult.NotFound();

    private static async Task<Results<Ok<Secret>, Created<Secret>, ProblemResult>> Put(string name, HttpContext context, ISecretStore secrets)
    {
        if (!RequestBody.IsJson(context.Request))
            return ProblemResult.Of(ProblemCodes.UnsupportedMediaType);
        var errors = new RequestErrors();
        new RequestQuery(context.Request.Query, errors).RefuseUnknown();
        if (!SecretName.IsValid(name))
            errors.Add("name", SecretName.Rule);
        using var body = await RequestBody.Read(context.Request, errors, context.RequestAborted);
        var read = body is null ? null : SecretRequestReader.Read(body.Root, errors);
        if (read is not var (request, value) || errors.Any)
            return ProblemResult.From(errors);
        var caller = context.Caller;
        var stored = await secrets.Put(Draft(caller, name, request), value, info => Stored(caller, info), context.RequestAborted);
        CryptographicOperations.ZeroMemory(value);
        if (stored is null)
            return ProblemResult.From(new Refusal(RefusalCodes.SecretLimit, $"A tenant has at most {ISecretStore.MostOfTenant} secrets."));
        return stored.Version == 1 ? TypedResults.Created($"/v1/secrets/{name}", Secret.Of(stored)) : TypedResults.Ok(Secret.Of(stored));
    }

    private static async Task<Results<NoContent, ProblemResult>> Remove(string name, HttpContext context, ISecretStore secrets)
    {
        var what = AuditEvent.By(context.Caller, AuditActions.SecretDeleted, new AuditResource(AuditResourceTypes.Secret, name), AuditOutcomes.Succeeded);
        return SecretName.IsValid(name) && await secrets.Delete(context.Caller.TenantId, name, what, context.RequestAborted)
            ? TypedResults.NoContent()
            : ProblemResult.NotFound();
    }

    private static SecretDraft Draft(Caller caller, string name, SecretRequest request)
    {
        var draft = new SecretDraft(caller.TenantId, name, request.As!, caller.AgentId);
        if (request.As != SecretKinds.Header)
            return draft;
        var (header, template) = SecretHeader.Split(request.Header);
        return draft with { Hosts = SecretHeader.Normalise(request.Hosts!), HeaderName = header, HeaderTemplate = template };
    }

    private static AuditEvent Stored(Caller caller, SecretInfo info) => AuditEvent
        .By(caller, AuditActions.SecretStored, new AuditResource(AuditResourceTypes.Secret, info.Name), AuditOutcomes.Succeeded)
        .With(("version", info.Version.ToString(CultureInfo.InvariantCulture)), ("kind", info.Kind), ("hosts", info.Hosts.Count == 0 ? null : string.Join(' ', info.Hosts)));
}
