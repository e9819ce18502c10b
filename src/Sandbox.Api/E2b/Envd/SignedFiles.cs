using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Sandbox.Api.E2b.Routing;
using Sandbox.Api.Http;
using Sandbox.Api.Quotas;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.E2b.Envd;

/// <summary>
/// Addresses of files that their sandbox's token has signed. They do not say which sandbox that is: it is the one whose token makes the same
/// signature. That is looked for among those that live, by few requests a second, so that nobody has the server compute for nothing.
/// </summary>
internal sealed class SignedFiles(
    ISessionQueries sessions, SandboxTokens tokens, SandboxDoor door, EnvdFiles files, RequestBuckets buckets, TenantRequests requests, TimeProvider time)
{
    private const int MostCandidates = 20_000;
    private const int PerSecond = 20;
    private const int Burst = 60;
    private const string Version = "v1_";

    // Both are hashed once for each candidate.
    private const int LongestPath = 4096;
    private const int LongestName = 64;

    // All strangers together: one who has many addresses is not let search more often than this.
    private const int AllPerSecond = 100;
    private const string Parameter = "signature";

    public async Task Answer(HttpContext context)
    {
        var query = context.Request.Query;
        if (query[Parameter] is not [{ Length: > 0 and <= 64 } signature] || query["path"] is not ([] or [{ Length: <= LongestPath }]) || query["username"] is not ([] or [{ Length: <= LongestName }]))
        {
            await DoorErrors.Write(context, StatusCodes.Status401Unauthorized, "missing signature query parameter");
            return;
        }

        if (!buckets.Take(new RequestBucket($"signed:{StrangerLimit.OwnerOf(context.Connection.RemoteIpAddress)}", PerSecond, Burst)).IsIn
            || !buckets.Take(new RequestBucket("signed", AllPerSecond, AllPerSecond)).IsIn)
        {
            await ProblemResult.RateLimited("Signed addresses are asked for too often.", PerSecond).ExecuteAsync(context);
            return;
        }

        var expiration = query["signature_expiration"] is [{ Length: > 0 } end] ? end : null;
        var owner = signature.StartsWith(Version, StringComparison.Ordinal)
            ? await FindSigner(context, Encoding.UTF8.GetBytes(signature), expiration)
            : null;
        if (owner is null)
        {
            await DoorErrors.Write(context, StatusCodes.Status401Unauthorized, "invalid signature");
            return;
        }

        if (expiration is not null && !(long.TryParse(expiration, NumberStyles.None, CultureInfo.InvariantCulture, out var until) && until > time.GetUtcNow().ToUnixTimeSeconds()))
        {
            await DoorErrors.Write(context, StatusCodes.Status401Unauthorized, "signature is already expired");
            return;
        }

        // Who has such an address acts for the tenant, at its expense.
        if (await requests.Take(owner.TenantId, context) is { } limited)
            await limited.ExecuteAsync(context);
        else
            await Serve(context, owner);
    }

    private async Task Serve(HttpContext context, LiveSessionOwner owner)
    {
        context.Features.Set(new SandboxTarget(SandboxName.Of(owner.Id.ToString()), SandboxTarget.Envd));
        if (await door.Find(owner.TenantId, owner.Id, context.RequestAborted) is not { } sandbox)
        {
            await DoorErrors.Gone(context);
            return;
        }

        context.Features.Set(sandbox.Caller);
        await (HttpMethods.IsGet(context.Request.Method) ? files.Read(context, sandbox) : files.Write(context, sandbox));
    }

    private async Task<LiveSessionOwner?> FindSigner(HttpContext context, byte[] signature, string? expiration)
    {
        var query = context.Request.Query;
        var operation = HttpMethods.IsGet(context.Request.Method) ? "read" : "write";
        var head = $"{query["path"]}:{operation}:{query["username"]}:";
        var tail = expiration is null ? string.Empty : $":{expiration}";
        LiveSessionOwner? found = null;
        // Where the host says it, there is one candidate alone.
        var named = context.Features.Get<SandboxTarget>()?.Session;
        foreach (var owner in await sessions.ListLive(MostCandidates, context.RequestAborted))
        {
            if (named is { } only && owner.Id != only)
                continue;
            var token = await tokens.Issue(owner.TenantId, owner.Id, SandboxToken.Access, context.RequestAborted);
            var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{head}{token}{tail}"));
            var expected = Encoding.ASCII.GetBytes(Version + Convert.ToBase64String(hash).TrimEnd('='));
            // To the end, so that time does not tell how new a sandbox is.
            if (CryptographicOperations.FixedTimeEquals(expected, signature))
                found = owner;
        }

        return found;
    }
}
