using Microsoft.AspNetCore.Mvc;
using ModelContextProtocol.AspNetCore;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Sandbox.Api.Mcp.Access;
using Sandbox.Api.Mcp.Calls;
using Sandbox.Api.Mcp.Resources;
using Sandbox.Api.Mcp.Tools;
using Sandbox.Api.Tenants;

namespace Sandbox.Api.Mcp;

/// <summary>The door for MCP clients, at <c>/mcp</c>: Streamable HTTP without state, in every revision that the library speaks.</summary>
internal static class McpDoor
{
    // A message is in memory several times over; what is larger goes over /v1/sessions/{id}/files and artifacts.
    private const int LargestMessage = 8 * 1024 * 1024;

    private const string Instructions =
        "Runs code in isolated sandboxes. For one program, call run_code. For work in several steps, call create_session and pass its id as sessionId: "
        + "variables and files stay until the session ends. Files are in /workspace. Errors of a tool say in next what to do.";

    public static void AddMcpDoor(this IHostApplicationBuilder builder)
    {
        // Its lines quote what clients send; what fails here is told by lines of ours.
        builder.Logging.AddFilter("ModelContextProtocol", LogLevel.None);
        var services = builder.Services;
        services.AddOptions<McpOptions>().BindConfiguration(McpOptions.Section);
        services.AddHttpContextAccessor();
        services.AddSingleton<RunningCalls>();
        services.AddSingleton<Following>();
        services.AddSingleton<ToolCatalogue>();
        services.AddSingleton<SandboxResources>();
        services.AddSingleton<IToolGroup, RunTools>();
        services.AddSingleton<IToolGroup, SessionTools>();
        services.AddSingleton<IToolGroup, StepTools>();
        services.AddSingleton<IToolGroup, JobTools>();
        services.AddSingleton<IToolGroup, CommandTools>();
        services.AddSingleton<IToolGroup, FileTools>();
        services.AddSingleton<IToolGroup, ArtifactTools>();
        services.AddSingleton<IToolGroup, ServiceTools>();
        services.AddSingleton<IToolGroup, WorkflowTools>();
        services.AddSingleton<IToolGroup, MemoryTools>();
        services.AddMcpServer().WithHttpTransport(static options => options.SessionMode = HttpServerSessionMode.Stateless);
        services.AddOptions<McpServerOptions>().Configure<ToolCatalogue, SandboxResources>(Configure);
    }

    public static void MapMcpDoor(this IEndpointRouteBuilder routes)
    {
        routes.MapMcp(McpEndpoint.Path).RequireAuthorization(ApiAuthentication.Use).WithMetadata(McpEndpoint.Mark, new RequestSizeLimitAttribute(LargestMessage)).ExcludeFromDescription();
        foreach (var path in (string[])[ProtectedResource.Path, ProtectedResource.Path + McpEndpoint.Path])
            routes.MapGet(path, ProtectedResource.Answer).AllowAnonymous().WithMetadata(McpEndpoint.Mark).ExcludeFromDescription();
    }

    private static void Configure(McpServerOptions options, ToolCatalogue tools, SandboxResources resources)
    {
        options.ServerInfo = new Implementation { Name = "sandbox", Title = "Sandbox", Version = "1.0.0" };
        options.ServerInstructions = Instructions;
        options.ToolCollection = tools.Collection;
        options.Handlers.ListResourceTemplatesHandler = resources.Templates;
        options.Handlers.ReadResourceHandler = resources.Read;
    }
}
