using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;
using Sandbox.Packages.Permits;
using Sandbox.Packages.Upstream;

namespace Sandbox.Packages;

/// <summary>The gateway as one sandbox sees it: finds what a request means, records what comes of it, and sends that.</summary>
internal sealed partial class PackageAccess(IEcosystem[] ecosystems, PackagePermit permit, Func<PackageRequest, Task> record, SemaphoreSlim pages, ILogger logger) : IPackageAccess
{
    // Of one sandbox, from the question to the last byte of the answer.
    private const int AnswersAtOnce = 4;

    private static readonly MinDataRate LeastPace = new(bytesPerSecond: 1024, gracePeriod: TimeSpan.FromSeconds(30));

    private readonly SemaphoreSlim _answers = new(AnswersAtOnce);
    private PackageAllowance _allowed = PackageAllowance.Of(permit);

    /// <inheritdoc/>
    public void Change(PackagePermit permit) => Volatile.Write(ref _allowed, PackageAllowance.Of(permit));

    /// <inheritdoc/>
    public async Task Serve(HttpContext context)
    {
        // What may be installed can change at any time, so that nothing is to be kept by pip or npm.
        context.Response.Headers[HeaderNames.CacheControl] = "no-store";
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            context.Response.Headers[HeaderNames.Allow] = "GET, HEAD";
            return;
        }

        var path = context.Request.Path.Value ?? "";
        var ecosystem = Array.Find(ecosystems, ecosystem => path.StartsWith(ecosystem.Prefix, StringComparison.Ordinal));
        if (ecosystem?.Find(path[ecosystem.Prefix.Length..]) is not { } target)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        // What is held in memory for a sandbox that reads slowly is bounded in number and in time.
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } pace)
            pace.MinDataRate = LeastPace;
        try
        {
            await _answers.WaitAsync(context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        try
        {
            var answer = await Answer(ecosystem, target, Call(context));
            await using var file = answer.File;
            var recorded = await Record(new PackageRequest(ecosystem.Name, target.Name, answer.Version, answer.Refused));
            await Send(context, recorded ? answer : PackageAnswer.Sentence(503, PackageReasons.NotRecorded, "The request could not be recorded."));
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody waits for the answer any more.
        }
        finally
        {
            _answers.Release();
        }
    }

    private async Task<PackageAnswer> Answer(IEcosystem ecosystem, PackageTarget target, PackageCall call)
    {
        try
        {
            return target.File is null ? await AnswerPage(ecosystem, target, call) : await ecosystem.Answer(target, call);
        }
        catch (UpstreamException e)
        {
            LogUpstreamFailed(ecosystem.Name, target.Name, e.Message);
            return PackageAnswer.Sentence(502, PackageReasons.UpstreamFailed, $"The package {target.Name} could not be fetched from the {ecosystem.Name} index.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogCacheFailed(ecosystem.Name, target.Name, e);
            return PackageAnswer.Sentence(503, PackageReasons.CacheFailed, $"The package {target.Name} could not be stored.");
        }
    }

    private async Task<PackageAnswer> AnswerPage(IEcosystem ecosystem, PackageTarget target, PackageCall call)
    {
        await pages.WaitAsync(call.CancellationToken);
        try
        {
            return await ecosystem.Answer(target, call);
        }
        finally
        {
            pages.Release();
        }
    }

    private async Task<bool> Record(PackageRequest request)
    {
        try
        {
            await record(request);
            return true;
        }
        catch (Exception e)
        {
            LogNotRecorded(request.Ecosystem, request.Name, e);
            return false;
        }
    }

    private PackageCall Call(HttpContext context)
    {
        var request = context.Request;
        var host = request.Host.HasValue ? request.Host.ToUriComponent() : PackageGateway.Host;
        return new PackageCall(
            Volatile.Read(ref _allowed), request.Headers.Accept.ToString(), $"http://{host}{request.PathBase.ToUriComponent()}", context.RequestAborted);
    }

    private static async Task Send(HttpContext context, PackageAnswer answer)
    {
        var response = context.Response;
        response.StatusCode = answer.Status;
        response.ContentType = answer.ContentType;
        response.ContentLength = answer.File?.Length ?? answer.Body.Length;
        // pip and npm print the reason phrase and keep the body to themselves.
        if (answer.Refused is not null && context.Features.Get<IHttpResponseFeature>() is { } feature)
            feature.ReasonPhrase = System.Text.Encoding.UTF8.GetString(answer.Body.Span).TrimEnd();
        if (HttpMethods.IsHead(context.Request.Method))
            return;
        if (answer.File is { } file)
            await file.CopyTo(response.Body, context.RequestAborted);
        else
            await response.Body.WriteAsync(answer.Body, context.RequestAborted);
    }

    [LoggerMessage(1, LogLevel.Warning, "The {Ecosystem} package {Package} could not be fetched: {Reason}.")]
    private partial void LogUpstreamFailed(string ecosystem, string package, string reason);

    [LoggerMessage(3, LogLevel.Error, "That the {Ecosystem} package {Package} was asked for could not be recorded.")]
    private partial void LogNotRecorded(string ecosystem, string package, Exception exception);

    [LoggerMessage(2, LogLevel.Error, "The {Ecosystem} package {Package} could not be stored.")]
    private partial void LogCacheFailed(string ecosystem, string package, Exception exception);
}
