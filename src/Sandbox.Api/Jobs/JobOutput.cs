using Sandbox.Api.Http;
using Sandbox.Api.Tenants;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Output;

namespace Sandbox.Api.Jobs;

/// <summary>One output stream of a job as raw bytes: what there is of it now, over all attempts.</summary>
internal sealed class JobOutput(IJobGrain grain, OutputEventPage first, string kind) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.ContentType = "application/octet-stream";
        httpContext.Response.Headers.XContentTypeOptions = "nosniff";
        try
        {
            await Copy(httpContext, httpContext.RequestAborted);
        }
        catch (Exception fault) when (FaultHandler.IsTransient(fault) && httpContext.Response.HasStarted)
        {
            // Half of the bytes must not look like all of them.
            httpContext.Abort();
        }
    }

    private async Task Copy(HttpContext context, CancellationToken cancellationToken)
    {
        var page = first;
        while (page.Events.Count > 0)
        {
            foreach (var item in page.Events.Where(item => item.Kind == kind))
                await context.Response.BodyWriter.WriteAsync(item.Data, cancellationToken);
            if (page.Ended)
                return;
            var reply = await grain.ReadEvents(context.Caller, page.Events[^1].Id, TimeSpan.Zero, cancellationToken);
            if (reply.Value is not { } next)
            {
                context.Abort();
                return;
            }
            page = next;
        }
    }
}
