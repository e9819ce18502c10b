using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Sandbox.Api.Forwarding;
using Sandbox.Api.Http;
using Sandbox.Api.OpenApi;
using Sandbox.Api.Output;
using Sandbox.Api.Sessions.Requests;
using Sandbox.Api.Tenants;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Api.Sessions;

/// <summary>The routes under <c>/v1/sessions/{id}/commands</c>.</summary>
internal static class CommandEndpoints
{
    private const int DefaultPage = 50;
    private const int LargestPage = 1000;
    private const string Both = "both";

    public static void MapCommands(this RouteGroupBuilder sessions)
    {
        var commands = sessions.MapGroup("/{id}/commands").WithTags("Commands");
        commands.MapPost("", Start).DescribeStartCommand();
        commands.MapGet("", List).DescribeListCommands();
        commands.MapGet("/{number}", Get).DescribeGetCommand();
        commands.MapGet("/{number}/output", Output).DescribeCommandOutput();
        commands.MapGet("/{number}/events", Events).DescribeCommandEvents();
        commands.MapPost("/{number}/stdin", Stdin).AddEndpointFilter<AtHolder>().DescribeCommandStdin();
        commands.MapPost("/{number}/signal", Signal).DescribeSignalCommand();
    }

    private static async Task<Results<Created<Command>, ProblemResult>> Start(string id, HttpContext context, IGrainFactory grains, IPlatform platform)
    {
        if (!RequestBody.IsJson(context.Request))
            return ProblemResult.Of(ProblemCodes.UnsupportedMediaType);
        var errors = new RequestErrors();
        new RequestQuery(context.Request.Query, errors).RefuseUnknown();
        var key = IdempotencyKey.Read(context.Request, errors);
        using var body = await RequestBody.Read(context.Request, errors, context.RequestAborted);
        var request = body is null ? null : CommandRequestMapping.Read(body.Root, errors);
        if (request is null)
            return ProblemResult.From(errors);
        var spec = CommandRequestMapping.ToSpec(request, platform, errors);
        if (errors.Any)
            return ProblemResult.From(errors);
        if (Find(grains, id) is not { } grain)
            return ProblemResult.NotFound();

        // Steps and commands share their keys, and the same body may be either.
        var fingerprint = key is null ? null : $"command {RequestFingerprint.Compute(body!.Root)}";
        var reply = await grain.StartCommand(context.Caller, spec, key, fingerprint, context.RequestAborted);
        if (reply.Value is not { } submission)
            return ProblemResult.From(reply.Refusal!);
        if (submission.Replayed)
            context.Response.Headers[IdempotencyKey.ReplayedHeader] = "true";
        var command = submission.Command;
        return TypedResults.Created(
            string.Create(CultureInfo.InvariantCulture, $"/v1/sessions/{command.SessionId}/commands/{command.Number}"), Command.From(command));
    }

    private static async Task<Results<Ok<CommandList>, ProblemResult>> List(string id, HttpContext context, IGrainFactory grains)
    {
        var errors = new RequestErrors();
        var query = new RequestQuery(context.Request.Query, errors);
        var limit = query.Integer("limit", 1, LargestPage, DefaultPage);
        var after = query.Integer("cursor", 0, long.MaxValue, 0L);
        query.RefuseUnknown();
        if (errors.Any)
            return ProblemResult.From(errors);
        if (Find(grains, id) is not { } grain)
            return ProblemResult.NotFound();
        var reply = await grain.ListCommands(context.Caller, after, limit, context.RequestAborted);
        return reply.Value is { } page
            ? TypedResults.Ok(new CommandList
            {
                Items = [.. page.Items.Select(Command.From)],
                NextCursor = page.Next?.ToString(CultureInfo.InvariantCulture),
            })
            : ProblemResult.From(reply.Refusal!);
    }

    private static async Task<Results<Ok<Command>, ProblemResult>> Get(
        string id, string number, HttpContext context, IGrainFactory grains, LongPoll waiting)
    {
        var errors = new RequestErrors();
        var query = new RequestQuery(context.Request.Query, errors);
        var wait = query.Wait();
        query.RefuseUnknown();
        if (errors.Any)
            return ProblemResult.From(errors);
        if (Find(grains, id, number) is not var (grain, sequence))
            return ProblemResult.NotFound();
        var caller = context.Caller;
        return Answer(await waiting.ForEnd(
            (round, cancellationToken) => grain.GetCommand(caller, sequence, round, cancellationToken), static command => command.Ended, wait, context.RequestAborted));
    }

    private static async Task<Results<FileContentHttpResult, ProblemResult>> Output(
        string id, string number, HttpContext context, IGrainFactory grains, LongPoll waiting)
    {
        var errors = new RequestErrors();
        var query = new RequestQuery(context.Request.Query, errors);
        var stream = query.Single("stream") ?? Both;
        var from = query.Integer("from", 0, long.MaxValue, 0L);
        var limit = query.Integer("limit", 1, ISessionCommandsGrain.LargestOutput, ISessionCommandsGrain.LargestOutput);
        var wait = query.Wait();
        query.RefuseUnknown();
        if (stream is not (Both or OutputEventKinds.Stdout or OutputEventKinds.Stderr))
            errors.Add("stream", "Must be stdout, stderr or both.");
        if (errors.Any)
            return ProblemResult.From(errors);
        if (Find(grains, id, number) is not var (grain, sequence))
            return ProblemResult.NotFound();
        var (caller, kind) = (context.Caller, stream == Both ? null : stream);
        var reply = await waiting.ForEnd(
            (round, cancellationToken) => grain.ReadCommandOutput(caller, sequence, kind, from, limit, round, cancellationToken),
            static part => part.Data.Length > 0 || part.Ended,
            wait,
            context.RequestAborted);
        if (reply.Value is not { } part)
            return ProblemResult.From(reply.Refusal!);
        CommandOutputHeaders.Write(context.Response.Headers, part);
        return TypedResults.Bytes(part.Data, "application/octet-stream");
    }

    private static async Task<Results<EventStream, ProblemResult>> Events(string id, string number, HttpContext context, IGrainFactory grains)
    {
        var errors = new RequestErrors();
        var after = EventStream.ReadResumption(context.Request, errors);
        if (errors.Any)
            return ProblemResult.From(errors);
        if (Find(grains, id, number) is not var (grain, sequence))
            return ProblemResult.NotFound();
        var caller = context.Caller;
        var reply = await OutputEventSource.Open(
            (last, wait, cancellationToken) => grain.ReadCommandEvents(caller, sequence, last, wait, cancellationToken), after, context.RequestAborted);
        return reply.Value is { } stream ? stream : ProblemResult.From(reply.Refusal!);
    }

    private static async Task<Results<Ok<CommandStdin>, ProblemResult>> Stdin(string id, string number, HttpContext context, ICommandInput input)
    {
        var errors = new RequestErrors();
        var query = new RequestQuery(context.Request.Query, errors);
        var offset = query.Integer("offset", 0, long.MaxValue, -1L);
        var close = query.Flag("close");
        query.RefuseUnknown();
        if (errors.Any)
            return ProblemResult.From(errors);
        if (!SessionId.TryParse(id, out var session) || ReadNumber(number) is not { } sequence)
            return ProblemResult.NotFound();
        // The bytes come as the command reads them, and as slowly as whoever types them.
        var typed = StreamedBody.OfAnySizeAndPace(context);
        var reply = await input.Write(context.Caller, session, sequence, typed, offset < 0 ? null : offset, close, context.RequestAborted);
        return reply.Value is { } taken ? TypedResults.Ok(new CommandStdin { Offset = taken.Offset }) : ProblemResult.From(reply.Refusal!);
    }

    private static async Task<Results<Ok<Command>, ProblemResult>> Signal(string id, string number, HttpContext context, IGrainFactory grains)
    {
        if (!RequestBody.IsJson(context.Request))
            return ProblemResult.Of(ProblemCodes.UnsupportedMediaType);
        var errors = new RequestErrors();
        new RequestQuery(context.Request.Query, errors).RefuseUnknown();
        using var body = await RequestBody.Read(context.Request, errors, context.RequestAborted);
        var signal = body is null ? null : CommandRequestMapping.ReadSignal(body.Root, errors);
        if (signal is not { } wanted || errors.Any)
            return ProblemResult.From(errors);
        return Find(grains, id, number) is var (grain, sequence)
            ? Answer(await grain.SignalCommand(context.Caller, sequence, wanted, context.RequestAborted))
            : ProblemResult.NotFound();
    }

    private static Results<Ok<Command>, ProblemResult> Answer(Reply<CommandView> reply) =>
        reply.Value is { } view ? TypedResults.Ok(Command.From(view)) : ProblemResult.From(reply.Refusal!);

    /// <summary>The commands of a session; null when the text cannot be its id.</summary>
    public static ISessionCommandsGrain? Find(IGrainFactory grains, string id) =>
        SessionId.TryParse(id, out var session) ? grains.GetGrain<ISessionCommandsGrain>(session.ToString()) : null;

    private static (ISessionCommandsGrain Grain, long Number)? Find(IGrainFactory grains, string id, string number) =>
        Find(grains, id) is { } grain && ReadNumber(number) is { } sequence ? (grain, sequence) : null;

    private static long? ReadNumber(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
