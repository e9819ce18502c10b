using System.Diagnostics;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Sandbox.Api.Http;
using Sandbox.Api.Mcp.Access;
using Sandbox.Api.Mcp.Schemas;
using Sandbox.Api.Tenants;

namespace Sandbox.Api.Mcp.Calls;

/// <summary>A tool as the protocol's library calls it: nothing but a tool's own answer leaves it, whatever fails.</summary>
internal sealed partial class SandboxTool(ToolDefinition definition, IHttpContextAccessor contexts, RunningCalls calls, TimeProvider time, ILogger<SandboxTool> logger)
    : McpServerTool
{
    public override Tool ProtocolTool { get; } = new()
    {
        Name = definition.Name,
        Title = definition.Title,
        Description = definition.Description,
        InputSchema = Schema.ToElement(definition.Input.ToNode()),
        OutputSchema = Schema.OfOutput(definition.Output),
        Annotations = new ToolAnnotations
        {
            Title = definition.Title,
            ReadOnlyHint = definition.IsReadOnly,
            DestructiveHint = definition.IsDestructive,
            IdempotentHint = definition.IsIdempotent || definition.IsReadOnly,
            OpenWorldHint = definition.IsOpenWorld,
        },
    };

    public override IReadOnlyList<object> Metadata => [];

    public override async ValueTask<CallToolResult> InvokeAsync(RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken = default)
    {
        var http = contexts.HttpContext ?? throw new InvalidOperationException("A tool is called within a request.");
        using var running = calls.Begin(http.Caller, Conversation.Of(http), request.JsonRpcRequest.Id, cancellationToken);
        try
        {
            var progress = request.Params.ProgressToken is { } token ? new ProgressTeller(request.Server, token, time) : null;
            return await definition.Run(new ToolCall(http, request.Params.Arguments, progress, running.Token));
        }
        catch (OperationCanceledException) when (running.Token.IsCancellationRequested)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return ToolAnswer.Refuse(ProblemResult.Of(ProblemCodes.RequestTimeout, "The call was cancelled; what it ran was stopped."));
        }
        catch (Exception exception) when (FaultHandler.IsTransient(exception))
        {
            LogUnavailable(definition.Name, exception.GetType().Name);
            return ToolAnswer.Refuse(ProblemResult.Fault(http, ProblemCodes.Unavailable));
        }
        catch (Exception exception)
        {
            LogFault(exception, definition.Name, Activity.Current?.TraceId.ToHexString());
            return ToolAnswer.Refuse(ProblemResult.Fault(http, ProblemCodes.InternalError));
        }
    }

    [LoggerMessage(1, LogLevel.Error, "The tool {Tool} failed (trace {Trace})")]
    private partial void LogFault(Exception exception, string tool, string? trace);

    [LoggerMessage(2, LogLevel.Warning, "The tool {Tool} could not be answered: {Fault}")]
    private partial void LogUnavailable(string tool, string fault);
}
