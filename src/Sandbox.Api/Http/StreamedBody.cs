using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Sandbox.Api.Http;

/// <summary>Bodies that are passed on as they come, and of which nothing is held here: who takes them bounds them.</summary>
internal static class StreamedBody
{
    /// <summary>The body, of any size.</summary>
    public static Stream OfAnySize(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;
        return context.Request.Body;
    }

    /// <summary>The body, of any size and as slow as whoever writes it.</summary>
    public static Stream OfAnySizeAndPace(HttpContext context)
    {
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
        return OfAnySize(context);
    }
}
