using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using ModelContextProtocol.Protocol;
using Sandbox.Api.Http;
using Sandbox.Api.Mcp.Calls;
using Sandbox.Api.Mcp.Results;
using Sandbox.Api.Mcp.Schemas;
using Sandbox.Api.Ports;
using Sandbox.Api.Sandboxes;
using Sandbox.Api.Services;
using Sandbox.Api.Services.Requests;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Services;

namespace Sandbox.Api.Mcp.Tools;

/// <summary>Programs that answer at a port.</summary>
internal sealed class ServiceTools(
    IGrainFactory grains, IPlatform platform, IServiceQueries services, Following following, IOptions<ApiOptions> api, IOptions<PortProxyOptions> ports) : IToolGroup
{
    private static readonly TimeSpan StartWait = TimeSpan.FromSeconds(30);

    public IEnumerable<ToolDefinition> Tools =>
    [
        new("start_service", "Start a service",
            "Starts a program that answers HTTP at a port of a sandbox of its own, and waits up to 30 s until it does. It listens on 127.0.0.1 or all addresses at the number in PORT; it is started again when it fails. "
            + $"proxyUrl (or hostUrl, for browsers) reaches it with the token, which is shown this once. It is stopped after ttlSeconds (default {platform.DefaultTtlSeconds} s).",
            new InputSchema()
                .Required("port", Schema.Integer("Port at which it answers; the program is told it in PORT.", 1, 65535))
                .Optional("language", Members.Language(platform, "Language of the code. Either this with code, or command."))
                .Optional("code", Schema.Text("Source text, run as a program."))
                .Optional("command", Schema.List("Argument vector to run instead of code.", Schema.Text("An argument.")))
                .Optional("ttlSeconds", Schema.Number($"Seconds until it is stopped. Default {platform.DefaultTtlSeconds}.", 1, platform.MaximumTtlSeconds))
                .Optional("health", Schema.Object("How it is found out whether it answers.", new InputSchema()
                    .Optional("path", Schema.Text("Path that has to be answered with 200 to 399. Default: it is enough that something listens."))
                    .Optional("intervalSeconds", Schema.Number("Default 10."))
                    .Optional("timeoutSeconds", Schema.Number("Default 5."))
                    .Optional("startSeconds", Schema.Number("Seconds within which it has to answer first. Default 60."))))
                .Optional("restart", Schema.Object("Whether it is started again.", new InputSchema()
                    .Optional("maxAttempts", Schema.Integer("How often it may fail on end. Default 5.", 1, 100))))
                .Optional("files", Members.Files())
                .Optional("limits", Members.Limits())
                .WithSandbox(),
            typeof(Service), Start) { IsOpenWorld = true },
        new("get_service", "Get a service", "A service as it stands, waiting while it is starting where waitSeconds says so.",
            new InputSchema().Required("serviceId", Id()).Optional("waitSeconds", Members.Wait(0)), typeof(Service), Get) { IsReadOnly = true },
        new("list_services", "List services", "Services of the tenant, newest first.",
            new InputSchema().WithFilter(ServiceStates.Names), typeof(ServiceList), List) { IsReadOnly = true },
        new("read_service_log", "Read a service's log", "A part of what the program of a service printed, by byte offsets.",
            new InputSchema()
                .Required("serviceId", Id())
                .Optional("attempt", Schema.Integer("Which start of the program, from 1. Default the last one.", 1))
                .Optional("stream", Schema.Choice("Only one stream. Default both.", [OutputEventKinds.Stdout, OutputEventKinds.Stderr]))
                .Optional("from", Schema.Integer("Bytes to pass over. Default 0.", 0))
                .Optional("limit", Schema.Integer($"Most bytes. Default {ToolBounds.DefaultPart}.", 1, ToolBounds.LargestPart)),
            typeof(LogPart), ReadLog) { IsReadOnly = true },
        new("stop_service", "Stop a service", "Stops a service for good: its sandbox and files are gone.",
            new InputSchema().Required("serviceId", Id()), typeof(Service), Stop) { IsDestructive = true, IsIdempotent = true },
    ];

    private static JsonObject Id() => Schema.Text("Id of the service (svc_…), as start_service answered with it.");

    private async Task<CallToolResult> Start(ToolCall call)
    {
        var request = ServiceRequestReader.Read(call.Without(), api.Value.MaxFiles, call.Errors);
        var spec = request is null ? null : ServiceRequestMapping.ToSpec(request, platform, call.Errors);
        if (call.WrongPart() is { } wrong)
            return wrong;
        if (SandboxMembers.RefuseIsolation(spec!.Sandbox.Isolation, platform) is { } unfit)
            return ToolAnswer.Refuse(unfit);
        var (caller, grain) = (call.Caller, grains.GetGrain<IServiceGrain>(ServiceId.New().ToString()));
        var reply = await grain.Create(caller, spec, string.Empty, CancellationToken.None);
        if (reply.Value is not { } creation)
            return ToolAnswer.Refuse(reply.Refusal!);
        var ready = await Await(call, grain, StartWait, () => grain.Stop(caller, CancellationToken.None), creation.Service);
        return ToolAnswer.Of(Shown(call, ready.Value ?? creation.Service) with { Token = creation.Token });
    }

    private async Task<CallToolResult> Get(ToolCall call)
    {
        var (id, wait) = (call.Required("serviceId"), call.Wait(0));
        if (call.Wrong() is { } wrong)
            return wrong;
        return ServiceEndpoints.Find(grains, id) is { } grain
            ? ToolAnswer.Of(await Await(call, grain, wait), view => Shown(call, view))
            : ToolAnswer.NotFound("service");
    }

    private async Task<CallToolResult> List(ToolCall call)
    {
        var status = call.Arguments.String("status") is { } name ? ServiceStates.Read(name, call.Errors) : null;
        var metadata = call.Arguments.Map("metadata", RequestBounds.Labels) ?? EmptyMaps.OfStrings;
        var limit = call.PageSize();
        var cursor = call.Cursor(static place => ServiceId.TryParse(place.Id, out var at) ? new ServiceCursor(place.CreatedAt, at) : null);
        if (call.Wrong() is { } wrong)
            return wrong;
        var page = await services.List(call.Caller.TenantId, new ServiceFilter(status, metadata), cursor, limit, call.Cancelled);
        return ToolAnswer.Of(new ServiceList
        {
            Items = [.. page.Items.Select(view => Shown(call, view))],
            NextCursor = page.Next is { } next ? CursorText.Write(next.CreatedAt, next.Id.ToString()) : null,
        });
    }

    private async Task<CallToolResult> ReadLog(ToolCall call)
    {
        var (id, stream) = (call.Required("serviceId"), call.Arguments.String("stream"));
        var attempt = (int)call.Integer("attempt", 1, int.MaxValue, 0);
        var from = call.Integer("from", 0, long.MaxValue, 0);
        var limit = (int)call.Integer("limit", 1, ToolBounds.LargestPart, ToolBounds.DefaultPart);
        if (stream is not (null or OutputEventKinds.Stdout or OutputEventKinds.Stderr))
            call.Errors.Add("stream", "Must be stdout or stderr.");
        if (call.Wrong() is { } wrong)
            return wrong;
        if (ServiceEndpoints.Find(grains, id) is not { } grain)
            return ToolAnswer.NotFound("service");
        return ToolAnswer.Of(await grain.ReadLog(call.Caller, attempt, stream, from, limit, TimeSpan.Zero, call.Cancelled), static log =>
        {
            // A part may end within a character: that one comes with the next.
            var whole = TextParts.WholeCharacters(log.Output.Data);
            return new LogPart
            {
                Attempt = log.Attempt,
                Text = Encoding.UTF8.GetString(log.Output.Data, 0, whole),
                From = log.Output.Start,
                Next = log.Output.Next - (log.Output.Data.Length - whole),
                Total = log.Output.Total,
            };
        });
    }

    private async Task<CallToolResult> Stop(ToolCall call)
    {
        var id = call.Required("serviceId");
        if (call.Wrong() is { } wrong)
            return wrong;
        return ServiceEndpoints.Find(grains, id) is { } grain
            ? ToolAnswer.Of(await grain.Stop(call.Caller, call.Cancelled), view => Shown(call, view))
            : ToolAnswer.NotFound("service");
    }

    private Task<Grains.Abstractions.Reply<ServiceView>> Await(
        ToolCall call, IServiceGrain grain, TimeSpan wait, Func<Task>? stop = null, ServiceView? started = null)
    {
        var caller = call.Caller;
        return following.ForEnd(call, (round, token) => grain.Get(caller, round, token), static view => view.Status != ServiceStatus.Starting, null, wait, stop, started);
    }

    private Service Shown(ToolCall call, ServiceView view) => Service.From(view, new ServiceAddress(call.Http.Request, api.Value, ports.Value));
}
