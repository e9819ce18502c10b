using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Sandbox.Egress;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Workflows;
using Sandbox.Protocol;

namespace Sandbox.Grains.Workflows.Memory;

/// <summary>The memory of a workflow as one sandbox sees it.</summary>
/// <param name="owner">For whom the sandbox works.</param>
/// <param name="workflow">The workflow.</param>
/// <param name="onRecord">A key as it may stand on the record: programs choose what keys say.</param>
/// <param name="memory">The memories of all.</param>
/// <param name="options">Its bounds.</param>
/// <param name="logger">Is told what cannot be reached.</param>
internal sealed partial class MemoryAccess(
    EgressOwner owner, WorkflowId workflow, Func<string, string> onRecord, IWorkflowMemory memory, WorkflowOptions options, ILogger logger) : IAsyncDisposable
{
    private const int MostKeys = 1000;

    private static readonly TimeSpan LongestRequest = TimeSpan.FromSeconds(30);

    // Every write is one of the store that all tenants share.
    private readonly TokenBucketRateLimiter _pace = new(new TokenBucketRateLimiterOptions
    {
        TokenLimit = options.MemoryRequestsPerSecond * 2,
        TokensPerPeriod = Math.Max(1, options.MemoryRequestsPerSecond / 10),
        ReplenishmentPeriod = TimeSpan.FromMilliseconds(100),
        QueueLimit = EgressProxy.MostConnections,
    });

    /// <summary>Answers a request.</summary>
    public async Task Serve(HttpContext context)
    {
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        bounded.CancelAfter(LongestRequest);
        try
        {
            using var lease = await _pace.AcquireAsync(1, bounded.Token);
            var answer = lease.IsAcquired ? await Answer(context.Request, bounded.Token) : MemoryAnswer.Busy;
            await answer.Write(context.Response, bounded.Token);
        }
        catch (OperationCanceledException)
        {
            // Nobody waits for it any more, or it took too long to come.
            context.Abort();
        }
        catch (BadHttpRequestException) when (!context.Response.HasStarted)
        {
            // What a program sends is its own affair.
            await MemoryAnswer.Invalid("The request is malformed.").Write(context.Response, CancellationToken.None);
        }
        catch (Exception e) when (e is IOException or TimeoutException && !context.Response.HasStarted)
        {
            LogFailed(owner.Resource, e);
            await MemoryAnswer.Unavailable.Write(context.Response, CancellationToken.None);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _pace.DisposeAsync();

    private async Task<MemoryAnswer> Answer(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.Path.Value is not { } path || !path.StartsWith(MemoryGateway.Root, StringComparison.Ordinal))
            return MemoryAnswer.NotFound;
        var rest = path[MemoryGateway.Root.Length..];
        if (rest is "" or "/")
            return HttpMethods.IsGet(request.Method) ? await List(request, cancellationToken) : MemoryAnswer.NotAllowed("GET");
        var key = rest[1..];
        if (rest[0] != '/')
            return MemoryAnswer.NotFound;
        if (!MemoryKeys.IsValid(key))
            return MemoryAnswer.Invalid($"A key is {MemoryKeys.Rule}");
        return request.Method switch
        {
            "GET" => await memory.Find(owner.TenantId, workflow, key, cancellationToken) is { } value ? MemoryAnswer.Of(value) : MemoryAnswer.NotFound,
            "PUT" => await Put(request, key, cancellationToken),
            "DELETE" => await Remove(request, key, cancellationToken),
            _ => MemoryAnswer.NotAllowed("GET, PUT, DELETE"),
        };
    }

    private async Task<MemoryAnswer> List(HttpRequest request, CancellationToken cancellationToken) =>
        await memory.List(owner.TenantId, workflow, request.Query["after"].FirstOrDefault(), MostKeys, cancellationToken) is { } page
            ? MemoryAnswer.Of(page)
            : MemoryAnswer.NotFound;

    private async Task<MemoryAnswer> Put(HttpRequest request, string key, CancellationToken cancellationToken)
    {
        if (MemoryRequest.ConditionOf(request.Headers) is not { } condition)
            return MemoryAnswer.Invalid("If-Match must be * or ETags of the key, and If-None-Match *.");
        var bounds = options.MemoryBounds;
        if (await MemoryRequest.Read(request, bounds.ValueBytes, cancellationToken) is not { } body)
            return MemoryAnswer.Of(bounds.RefuseValue(bounds.ValueBytes + 1)!);
        if (MemoryRequest.Normalised(body) is not { } json)
            return MemoryAnswer.Invalid("The body is not JSON in UTF-8, or nested too deep.");
        var reply = await memory.Put(owner.TenantId, workflow, new MemoryWrite(key, json, owner.AgentId), condition, bounds, What(key, AuditActions.WorkflowMemoryWrite), cancellationToken);
        return reply.Value is { } change ? MemoryAnswer.Of(change) : MemoryAnswer.Of(reply.Refusal!);
    }

    private async Task<MemoryAnswer> Remove(HttpRequest request, string key, CancellationToken cancellationToken)
    {
        if (MemoryRequest.ConditionOf(request.Headers) is not { } condition)
            return MemoryAnswer.Invalid("If-Match must be * or ETags of the key, and If-None-Match *.");
        var reply = await memory.Remove(owner.TenantId, workflow, key, condition, What(key, AuditActions.WorkflowMemoryDelete), cancellationToken);
        return reply.Refusal is { } refusal ? MemoryAnswer.Of(refusal) : MemoryAnswer.Removed;
    }

    private AuditEvent What(string key, string action) =>
        AuditEvent.OfItself(owner.TenantId, owner.AgentId, action, new AuditResource(AuditResourceTypes.Workflow, workflow.ToString()), AuditOutcomes.Succeeded)
            .With(("key", onRecord(key)), ("from", owner.Resource));

    [LoggerMessage(Level = LogLevel.Error, Message = "{Resource}: the memory of its workflow could not be reached")]
    private partial void LogFailed(string resource, Exception exception);
}
