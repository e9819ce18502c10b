using Microsoft.AspNetCore.Authorization;
using Sandbox.Api.E2b.Envd;
using Sandbox.Api.E2b.Interpreter;

namespace Sandbox.Api.E2b.Routing;

/// <summary>Which handler answers a request into a sandbox. The paths are those of E2B's programs there, and would be others of ours elsewhere.</summary>
internal sealed class SandboxRoutes
{
    private readonly Dictionary<string, Endpoint> _envd;
    private readonly Dictionary<string, Endpoint> _interpreter;
    private readonly Endpoint _context;
    private readonly Endpoint _contextRestart;
    private readonly Endpoint _port;
    private readonly Endpoint _signed;
    private readonly Endpoint _unknownEnvd;
    private readonly Endpoint _unknownInterpreter;

    public SandboxRoutes(SandboxDoor door, EnvdFiles files, ProcessCalls processes, FolderCalls folders, CodeCalls code, ContextCalls contexts, SandboxPorts ports, SignedFiles signed)
    {
        var envd = new SandboxErrors(StatusCodes.Status401Unauthorized);
        var interpreter = new SandboxErrors(StatusCodes.Status403Forbidden);
        _envd = new(StringComparer.Ordinal)
        {
            ["GET /health"] = door.Endpoint(envd, static (context, _) => Empty(context)),
            ["GET /files"] = door.Endpoint(envd, files.Read),
            ["POST /files"] = door.Endpoint(envd, files.Write),
            ["POST /process.Process/Start"] = door.Endpoint(envd, processes.Start),
            ["POST /process.Process/Connect"] = door.Endpoint(envd, processes.ConnectTo),
            ["POST /process.Process/List"] = door.Endpoint(envd, processes.List),
            ["POST /process.Process/SendInput"] = door.Endpoint(envd, processes.SendInput),
            ["POST /process.Process/CloseStdin"] = door.Endpoint(envd, processes.CloseStdin),
            ["POST /process.Process/SendSignal"] = door.Endpoint(envd, processes.SendSignal),
            ["POST /process.Process/Update"] = door.Endpoint(envd, processes.Update),
            ["POST /process.Process/StreamInput"] = door.Endpoint(envd, static (context, _) => Connect.Refuse(context, Connect.Unimplemented, "Input is sent by SendInput.")),
            ["POST /filesystem.Filesystem/Stat"] = door.Endpoint(envd, folders.Stat),
            ["POST /filesystem.Filesystem/MakeDir"] = door.Endpoint(envd, folders.MakeDir),
            ["POST /filesystem.Filesystem/Move"] = door.Endpoint(envd, folders.Move),
            ["POST /filesystem.Filesystem/ListDir"] = door.Endpoint(envd, folders.ListDir),
            ["POST /filesystem.Filesystem/Remove"] = door.Endpoint(envd, folders.Remove),
            ["POST /filesystem.Filesystem/WatchDir"] = door.Endpoint(envd, folders.WatchDir),
            ["POST /filesystem.Filesystem/CreateWatcher"] = door.Endpoint(envd, NoPolling),
            ["POST /filesystem.Filesystem/GetWatcherEvents"] = door.Endpoint(envd, NoPolling),
            ["POST /filesystem.Filesystem/RemoveWatcher"] = door.Endpoint(envd, NoPolling),
        };
        _interpreter = new(StringComparer.Ordinal)
        {
            ["GET /health"] = door.Endpoint(interpreter, static (context, _) => context.Response.WriteAsJsonAsync("OK", E2bJson.Default.String, cancellationToken: context.RequestAborted)),
            ["POST /execute"] = door.Endpoint(interpreter, code.Execute),
            ["GET /contexts"] = door.Endpoint(interpreter, contexts.List),
            ["POST /contexts"] = door.Endpoint(interpreter, contexts.Create),
        };
        _context = door.Endpoint(interpreter, contexts.Remove);
        _contextRestart = door.Endpoint(interpreter, contexts.Restart);
        _port = door.Endpoint(interpreter, ports.Pass);
        _signed = new Endpoint(signed.Answer, new EndpointMetadataCollection(new AllowAnonymousAttribute(), envd), "Signed addresses of files, by host name");
        _unknownEnvd = door.Endpoint(envd, Unknown);
        _unknownInterpreter = door.Endpoint(interpreter, Unknown);
    }

    public Endpoint Find(int port, HttpRequest request)
    {
        var key = $"{request.Method} {request.Path.Value}";
        return port switch
        {
            SandboxTarget.Envd when request.Path == "/files" && request.Query.ContainsKey("signature") && !request.Headers.ContainsKey(SandboxToken.AccessHeader) => _signed,
            SandboxTarget.Envd => _envd.GetValueOrDefault(key, _unknownEnvd),
            SandboxTarget.Interpreter => _interpreter.GetValueOrDefault(key) ?? ContextRoute(request) ?? _unknownInterpreter,
            _ => _port,
        };
    }

    private Endpoint? ContextRoute(HttpRequest request) => request.Path.Value?.Split('/') switch
    {
        ["", "contexts", { Length: > 0 }] when HttpMethods.IsDelete(request.Method) => _context,
        ["", "contexts", { Length: > 0 }, "restart"] when HttpMethods.IsPost(request.Method) => _contextRestart,
        _ => null,
    };

    private static Task Empty(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private static Task NoPolling(HttpContext context, LiveSandbox sandbox) =>
        Connect.Refuse(context, Connect.Unimplemented, "Folders are watched by WatchDir, which streams what changes.");

    private static Task Unknown(HttpContext context, LiveSandbox sandbox) =>
        DoorErrors.Write(context, StatusCodes.Status404NotFound, "Sandbox does not know this route of E2B's.");
}
