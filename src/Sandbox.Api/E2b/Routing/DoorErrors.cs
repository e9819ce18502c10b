using Sandbox.Api.Http;
using Sandbox.Grains.Abstractions;

namespace Sandbox.Api.E2b.Routing;

/// <summary>An error as E2B's clients read it; the code is the status once more, by which they tell a sandbox that is not there.</summary>
internal sealed record DoorError(int Code, string Message);

/// <summary>The answer of a sandbox that is gone or paused.</summary>
internal sealed record GoneError(string? SandboxId, string Message, int Code, int? Port = null);

/// <summary>Errors of the control plane.</summary>
internal sealed class ControlErrors : IErrorShape
{
    public Task Write(HttpContext context, Problem problem)
    {
        // A session that has ended is, to these clients, none.
        var status = problem.Status == StatusCodes.Status410Gone ? StatusCodes.Status404NotFound : problem.Status;
        return DoorErrors.Write(context, status, problem.Detail ?? problem.Title);
    }
}

/// <summary>Errors of what a sandbox answers, at the ports of E2B's own.</summary>
/// <param name="unauthorized">The status in the place of 401.</param>
internal sealed class SandboxErrors(int unauthorized) : IErrorShape
{
    public Task Write(HttpContext context, Problem problem)
    {
        if (problem.Status == StatusCodes.Status410Gone)
            return DoorErrors.Gone(context);
        var status = problem.Status switch
        {
            StatusCodes.Status401Unauthorized => unauthorized,
            // What a file does not permit, and a path that is none, are both a bad request to these clients.
            StatusCodes.Status409Conflict or StatusCodes.Status412PreconditionFailed => StatusCodes.Status400BadRequest,
            _ => problem.Status,
        };
        return DoorErrors.Write(context, status, problem.Detail ?? problem.Title);
    }
}

/// <summary>Writes them.</summary>
internal static class DoorErrors
{
    public static Task Write(HttpContext context, int status, string message)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new DoorError(status, message), E2bJson.Default.DoorError, "application/json", context.RequestAborted);
    }

    /// <summary>The sandbox is not there to answer: by this its clients know.</summary>
    public static Task Gone(HttpContext context) => BadGateway(context, "The sandbox was not found", null);

    /// <summary>Nothing answers at a port.</summary>
    public static Task Closed(HttpContext context, int port) => BadGateway(context, "The sandbox is running but port is not open", port);

    /// <summary>Answers with what a grain refused.</summary>
    public static Task Refuse(HttpContext context, Refusal refusal) => ProblemResult.From(refusal).ExecuteAsync(context);

    private static Task BadGateway(HttpContext context, string message, int? port)
    {
        context.Response.StatusCode = StatusCodes.Status502BadGateway;
        var error = new GoneError(context.Features.Get<SandboxTarget>()?.SandboxId, message, StatusCodes.Status502BadGateway, port);
        return context.Response.WriteAsJsonAsync(error, E2bJson.Default.GoneError, "application/json", context.RequestAborted);
    }
}
