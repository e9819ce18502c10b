using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using Sandbox.Api.Http;
using Sandbox.Api.OpenApi;
using Sandbox.Api.Templates.Requests;
using Sandbox.Api.Tenants;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Templates;

namespace Sandbox.Api.Templates;

/// <summary>The routes under <c>/v1/templates</c>. An archive streams to the node: no part of it is held in memory.</summary>
internal static class TemplateEndpoints
{
    /// <summary>Media types of archives.</summary>
    public static readonly string[] ArchiveTypes = ["application/x-tar", "application/gzip", "application/x-gzip", "application/octet-stream"];

    private const int DefaultPage = 50;
    private const int LargestPage = 1000;

    public static RouteGroupBuilder MapTemplates(this IEndpointRouteBuilder routes)
    {
        var templates = routes.MapGroup("/templates").WithTags("Templates").RequireAuthorization(ApiAuthentication.Use);
        templates.MapPost("", Create).RequireAuthorization(ApiAuthentication.Administer).DescribeCreateTemplate();
        templates.MapGet("", List).DescribeListTemplates();
        templates.MapGet("/{name}", Get).DescribeGetTemplate();
        templates.MapDelete("/{name}", Remove).RequireAuthorization(ApiAuthentication.Administer).DescribeRemoveTemplate();
        return templates;
    }

    private static ITemplateCatalogueGrain Catalogue(IGrainFactory grains) => grains.GetGrain<ITemplateCatalogueGrain>(0);

    private static async Task<Results<Accepted<Template>, Created<Template>, ProblemResult>> Create(
        HttpContext context, IGrainFactory grains, ITemplateImports imports, IPlatform platform, LongPoll waiting)
    {
        var errors = new RequestErrors();
        var query = new RequestQuery(context.Request.Query, errors);
        var wait = query.Wait();
        var isArchive = IsArchive(context.Request);
        if (!isArchive && !RequestBody.IsJson(context.Request))
            return ProblemResult.Of(ProblemCodes.UnsupportedMediaType, $"The request body must be JSON in UTF-8, or an archive: {string.Join(", ", ArchiveTypes)}.");
        var request = isArchive ? TemplateRequestReader.Read(query, errors) : await ReadBody(context, errors);
        query.RefuseUnknown();
        if (request is null)
            return ProblemResult.From(errors);
        var spec = TemplateRequestMapping.ToSpec(request, isArchive, errors);
        if (errors.Any)
            return ProblemResult.From(errors);

        var reply = await imports.Import(context.Caller, spec, isArchive ? StreamedBody.OfAnySize(context) : null, context.RequestAborted);
        if (reply.Value is { } template)
            reply = await WaitForEnd(template, context, grains, imports, waiting, wait);
        return Answer(reply, platform);
    }

    private static async Task<Results<Ok<TemplateList>, ProblemResult>> List(HttpContext context, IGrainFactory grains, IPlatform platform)
    {
        var errors = new RequestErrors();
        var query = new RequestQuery(context.Request.Query, errors);
        var limit = query.Integer("limit", 1, LargestPage, DefaultPage);
        var cursor = query.Cursor(static place => TemplateName.IsValid(place.Id) ? new TemplateCursor(place.CreatedAt, place.Id) : null);
        query.RefuseUnknown();
        if (errors.Any)
            return ProblemResult.From(errors);
        var page = await Catalogue(grains).List(context.Caller, cursor, limit, context.RequestAborted);
        return TypedResults.Ok(new TemplateList
        {
            Items = [.. page.Items.Select(record => Template.Of(record, platform))],
            NextCursor = page.Next is { } next ? CursorText.Write(next.CreatedAt, next.Name) : null,
        });
    }

    private static async Task<Results<Ok<Template>, ProblemResult>> Get(
        string name, HttpContext context, IGrainFactory grains, ITemplateImports imports, IPlatform platform, LongPoll waiting)
    {
        var errors = new RequestErrors();
        var query = new RequestQuery(context.Request.Query, errors);
        var wait = query.Wait();
        query.RefuseUnknown();
        if (errors.Any)
            return ProblemResult.From(errors);
        if (!TemplateName.IsValid(name))
            return ProblemResult.NotFound();
        var reply = await Catalogue(grains).Find(context.Caller, name, context.RequestAborted);
        if (reply.Value is { } template)
            reply = await WaitForEnd(template, context, grains, imports, waiting, wait);
        return reply.Value is { } found ? TypedResults.Ok(Template.Of(found, platform)) : ProblemResult.From(reply.Refusal!);
    }

    private static async Task<Results<NoContent, ProblemResult>> Remove(string name, HttpContext context, IGrainFactory grains)
    {
        if (!TemplateName.IsValid(name))
            return ProblemResult.NotFound();
        var reply = await Catalogue(grains).Remove(context.Caller, name, context.RequestAborted);
        return reply.Refusal is { } refusal ? ProblemResult.From(refusal) : TypedResults.NoContent();
    }

    private static async Task<TemplateRequest?> ReadBody(HttpContext context, RequestErrors errors)
    {
        using var body = await RequestBody.Read(context.Request, errors, context.RequestAborted);
        return body is null ? null : TemplateRequestReader.Read(body.Root, errors);
    }

    private static bool IsArchive(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && request.Headers.ContentEncoding.Count == 0
        && ArchiveTypes.Contains(type.MediaType.Value, StringComparer.OrdinalIgnoreCase);

    private static Task<Reply<TemplateRecord>> WaitForEnd(
        TemplateRecord template, HttpContext context, IGrainFactory grains, ITemplateImports imports, LongPoll waiting, TimeSpan wait)
    {
        var caller = context.Caller;
        return waiting.ForEnd(
            async (round, cancellationToken) =>
            {
                await imports.WaitForEnd(template, round, cancellationToken);
                return await Catalogue(grains).Find(caller, template.Name.Name, cancellationToken);
            },
            static found => found.Status != TemplateStatus.Importing,
            wait,
            context.RequestAborted);
    }

    private static Results<Accepted<Template>, Created<Template>, ProblemResult> Answer(Reply<TemplateRecord> reply, IPlatform platform)
    {
        if (reply.Value is not { } record)
            return ProblemResult.From(reply.Refusal!);
        var path = $"/v1/templates/{record.Name.Name}";
        return record.Status == TemplateStatus.Importing
            ? TypedResults.Accepted(path, Template.Of(record, platform))
            : TypedResults.Created(path, Template.Of(record, platform));
    }
}
