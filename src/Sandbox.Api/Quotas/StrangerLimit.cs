using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;
using Sandbox.Api.Forwarding;
using Sandbox.Api.Http;
using Sandbox.Api.Tenants;

namespace Sandbox.Api.Quotas;

/// <summary>
/// Bounds how fast credentials can be tried out from an address: before one is looked at that was not good a short time ago.
/// </summary>
internal sealed class StrangerLimit(
    RequestDelegate next, RequestBuckets buckets, KnownCredentials known, DevelopmentBypass bypass, IPeers peers, IOptions<CredentialOptions> options)
{
    private const int NetworkBytes = 8;

    public async Task InvokeAsync(HttpContext context)
    {
        if (IsFree(context))
        {
            await next(context);
            return;
        }

        var bucket = new RequestBucket(OwnerOf(context.Connection.RemoteIpAddress), options.Value.StrangerRequestsPerSecond, options.Value.StrangerRequestBurst);
        var state = buckets.Take(bucket);
        state.WriteTo(context.Response, bucket);
        if (state.IsIn)
            await next(context);
        else
            await ProblemResult.RateLimited("This address asks too often without a credential that is known to be good.", bucket.PerSecond).ExecuteAsync(context);
    }

    private bool IsFree(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null
        || peers.IsFromPeer(context)
        || known.Contains(context.Request)
        || (bypass.IsOn && !KnownCredentials.HasOne(context.Request));

    // Whoever has one address of IPv6 has the whole network of it.
    public static string OwnerOf(IPAddress? address) => address switch
    {
        null => "address:unknown",
        { IsIPv4MappedToIPv6: true } => $"address:{address.MapToIPv4()}",
        { AddressFamily: AddressFamily.InterNetworkV6 } => $"network:{Convert.ToHexString(address.GetAddressBytes(), 0, NetworkBytes)}",
        _ => $"address:{address}",
    };
}
