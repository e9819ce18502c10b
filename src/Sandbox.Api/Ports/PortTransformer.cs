using System.Net;
using Yarp.ReverseProxy.Forwarder;

namespace Sandbox.Api.Ports;

/// <summary>One request to a port, and its answer.</summary>
internal sealed class PortTransformer(PortDoor door, int port, string target) : HttpTransformer
{
    private static readonly UriCreationOptions Verbatim = new() { DangerousDisablePathAndQueryCanonicalization = true };

    public override async ValueTask TransformRequestAsync(
        HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
        proxyRequest.Headers.Host = null;
        proxyRequest.RequestUri = new Uri(destinationPrefix + target, Verbatim);
        ProxyHeaders.Write(httpContext, proxyRequest, door);
    }

    public override async ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        if (proxyResponse is null)
            return await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
        if ((int)proxyResponse.StatusCode < StatusCodes.Status200OK && proxyResponse.StatusCode != HttpStatusCode.SwitchingProtocols)
            throw new HttpRequestException("The answer has a status that no answer has.");
        var headers = httpContext.Response.Headers;
        ServiceAnswer.Clear(headers, proxyResponse);
        var goesOn = await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
        ServiceAnswer.Confine(headers, proxyResponse, door, port);
        return goesOn;
    }
}
