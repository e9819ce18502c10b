using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace Sandbox.Api.Http;

/// <summary>
/// Bounds of a connection. What goes beyond those of the request line and the headers Kestrel answers itself, with a bare status:
/// it calls nobody before a request has been read, and has no setting for the body. Connections are not counted: an event stream holds one for as long as a job runs.
/// </summary>
internal sealed class KestrelLimits(IOptions<ApiOptions> options) : IConfigureOptions<KestrelServerOptions>
{
    public void Configure(KestrelServerOptions server)
    {
        server.AddServerHeader = false;
        // What a service answers is passed on byte by byte; of our own, headers are ASCII.
        server.ResponseHeaderEncodingSelector = static _ => Encoding.Latin1;
        var limits = server.Limits;
        limits.MaxRequestBodySize = options.Value.MaxRequestBodyBytes;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(130);
        limits.MaxRequestHeaderCount = 64;
        limits.MaxRequestHeadersTotalSize = 32 * 1024;
        limits.MaxRequestLineSize = 16 * 1024;
    }
}
