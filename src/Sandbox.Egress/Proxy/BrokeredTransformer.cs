using System.Net.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Yarp.ReverseProxy.Forwarder;

namespace Sandbox.Egress.Proxy;

/// <summary>Sets what the host is to be sent, and keeps it out of the headers of its answer.</summary>
internal sealed class BrokeredTransformer(HttpTransformer inner, BrokeredHeaders brokered) : HttpTransformer
{
    public override async ValueTask TransformRequestAsync(HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        await inner.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
        foreach (var (name, text) in brokered.Headers)
        {
            proxyRequest.Headers.Remove(name);
            proxyRequest.Headers.TryAddWithoutValidation(name, text);
        }
    }

    public override async ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        var passes = await inner.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
        // The host's own words could be what it was sent.
        httpContext.Features.GetRequiredFeature<IHttpResponseFeature>().ReasonPhrase = null;
        Mask(httpContext.Response.Headers);
        return passes;
    }

    public override async ValueTask TransformResponseTrailersAsync(HttpContext httpContext, HttpResponseMessage proxyResponse, CancellationToken cancellationToken)
    {
        await inner.TransformResponseTrailersAsync(httpContext, proxyResponse, cancellationToken);
        if (httpContext.Features.Get<IHttpResponseTrailersFeature>() is { Trailers: { IsReadOnly: false } trailers })
            Mask(trailers);
    }

    private void Mask(IHeaderDictionary headers)
    {
        foreach (var (name, values) in headers.ToList())
        {
            var masked = values.Select(value => value is null ? null : brokered.Mask(value)).ToArray();
            if (!masked.SequenceEqual(values, StringComparer.Ordinal))
                headers[name] = new StringValues(masked);
        }
    }
}
