namespace Sandbox.Api.Http;

/// <summary>How errors look at a door that speaks another protocol than ours: metadata of its routes, or a feature of a request.</summary>
internal interface IErrorShape
{
    /// <summary>Answers with a problem; a <c>Retry-After</c> is in the headers already.</summary>
    Task Write(HttpContext context, Problem problem);

    /// <summary>The shape that a request wants; null for ours. A fault has lost the route, but not the feature.</summary>
    static IErrorShape? Of(HttpContext context) =>
        context.Features.Get<IErrorShape>() ?? context.GetEndpoint()?.Metadata.GetMetadata<IErrorShape>();
}
