namespace Sandbox.Api.Dashboard.Sessions;

/// <summary>
/// A form that was read to see where it comes from is there again to be passed on: whether another process has to answer is known only after that.
/// </summary>
internal sealed class FormAgain : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var request = context.HttpContext.Request;
        if (!request.HasFormContentType)
            return await next(context);
        var form = await request.ReadFormAsync(context.HttpContext.RequestAborted);
        var fields = form.SelectMany(static field => field.Value, static (field, value) => KeyValuePair.Create(field.Key, value ?? string.Empty));
        using var content = new FormUrlEncodedContent(fields);
        var bytes = await content.ReadAsByteArrayAsync(context.HttpContext.RequestAborted);
        request.Body = new MemoryStream(bytes, writable: false);
        request.ContentLength = bytes.Length;
        request.ContentType = content.Headers.ContentType!.ToString();
        return await next(context);
    }
}
