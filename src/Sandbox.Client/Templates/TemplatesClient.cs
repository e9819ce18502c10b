using System.Text.Json;

namespace Sandbox.Client;

/// <summary>What sandboxes can be made from: root file systems, packages, and modules imported ahead.</summary>
public sealed class TemplatesClient
{
    private const string Path = "v1/templates";

    private readonly Transport _transport;

    internal TemplatesClient(Transport transport) => _transport = transport;

    /// <summary>Begins to make a template upon another one, or from a folder of the server's host.</summary>
    /// <param name="request">The template.</param>
    /// <param name="cancellationToken">Gives up; it may be made.</param>
    public Task<Reply<Template>> CreateAsync(TemplateRequest request, CancellationToken cancellationToken = default) =>
        _transport.Call(new ApiRequest(HttpMethod.Post, Path).With(request, ClientJson.Default.TemplateRequest), ClientJson.Default.Template, cancellationToken);

    /// <summary>Begins to make a template from an archive: the tar of a root file system, or an image as Docker saves it.</summary>
    /// <param name="request">The template, without packages.</param>
    /// <param name="archive">The archive; it is not closed.</param>
    /// <param name="cancellationToken">Gives up; it may be made.</param>
    public Task<Reply<Template>> ImportAsync(TemplateRequest request, Stream archive, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var query = new QueryText()
            .Add("name", request.Name)
            .Add("description", request.Description)
            .Add("env.", request.Env)
            .Add("startCommand", request.StartCommand is { } command ? JsonSerializer.Serialize(command, ClientJson.Default.IReadOnlyListString) : null)
            .Add("preloads.python", Joined(request.Preloads?.Python))
            .Add("preloads.javascript", Joined(request.Preloads?.Javascript));
        // Sent once: a second try would meet the first one's template.
        return _transport.Call(new ApiRequest(HttpMethod.Post, Path + query).With(archive, "application/x-tar"), ClientJson.Default.Template, cancellationToken);
    }

    /// <summary>The template as it stands.</summary>
    /// <param name="name">Name of the template.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Reply<Template>> GetAsync(string name, CancellationToken cancellationToken = default) =>
        _transport.Call(new ApiRequest(HttpMethod.Get, PathOf(name)), ClientJson.Default.Template, cancellationToken);

    /// <summary>The template when it is ready, or has failed.</summary>
    /// <param name="name">Name of the template.</param>
    /// <param name="cancellationToken">Gives up waiting; it is made nevertheless.</param>
    public Task<Reply<Template>> WaitAsync(string name, CancellationToken cancellationToken = default) => Wait.Until(
        () => _transport.Call(new ApiRequest(HttpMethod.Get, $"{PathOf(name)}?wait={_transport.WaitSeconds}"), ClientJson.Default.Template, cancellationToken),
        static template => template.HasEnded);

    /// <summary>Templates, newest first.</summary>
    /// <param name="options">Which; null for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public IAsyncEnumerable<Template> ListAsync(ListOptions? options = null, CancellationToken cancellationToken = default) =>
        Paging.Read(options ?? new ListOptions(), ListPageAsync, cancellationToken);

    /// <summary>One page of the list.</summary>
    /// <param name="options">Which; null for the first of all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Reply<Page<Template>>> ListPageAsync(ListOptions? options = null, CancellationToken cancellationToken = default) =>
        _transport.Call(new ApiRequest(HttpMethod.Get, Path + (options ?? new ListOptions()).Query()), ClientJson.Default.PageTemplate, cancellationToken);

    /// <summary>Removes a template; what was made from it stays.</summary>
    /// <param name="name">Name of the template.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task DeleteAsync(string name, CancellationToken cancellationToken = default) =>
        _transport.Send(new ApiRequest(HttpMethod.Delete, PathOf(name)), cancellationToken);

    private static string? Joined(IReadOnlyList<string>? modules) => modules is null ? null : string.Join(',', modules);

    private static string PathOf(string name) => $"{Path}/{Segment.Of(name)}";
}
