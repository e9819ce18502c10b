using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Sandbox.Cli.Client;

namespace Sandbox.Cli.Templates;

/// <summary>The calls about templates.</summary>
internal sealed class TemplateCalls(ApiClient api)
{
    private const int PollSeconds = 30;
    private const string Path = "v1/templates";

    /// <summary>Makes a template upon another one or from a folder of the server's host.</summary>
    public async Task<Reply<Template>> Create(TemplateRequest request, CancellationToken cancellationToken)
    {
        // Sent once: a second try would meet the first one's template.
        using var message = new HttpRequestMessage(HttpMethod.Post, Path) { Content = JsonContent.Create(request, Wire.Default.TemplateRequest) };
        return await api.Upload(message, Wire.Default.Template, cancellationToken);
    }

    /// <summary>Makes a template from an archive, which streams.</summary>
    public async Task<Reply<Template>> Create(TemplateRequest request, Stream archive, CancellationToken cancellationToken)
    {
        var query = new QueryText()
            .Add("name", request.Name)
            .Add("description", request.Description)
            .Add("env.", request.Env)
            .Add("startCommand", request.StartCommand is { } command ? JsonSerializer.Serialize(command, Wire.Default.IReadOnlyListString) : null)
            .Add("preloads.python", Joined(request.Preloads?.Python))
            .Add("preloads.javascript", Joined(request.Preloads?.Javascript));
        using var message = new HttpRequestMessage(HttpMethod.Post, Path + query) { Content = new StreamContent(archive) };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-tar");
        return await api.Upload(message, Wire.Default.Template, cancellationToken);
    }

    public async Task<Reply<Template>> WaitForEnd(string name, CancellationToken cancellationToken)
    {
        while (true)
        {
            var reply = await api.Call(() => new(HttpMethod.Get, $"{PathOf(name)}?wait={PollSeconds}"), Wire.Default.Template, cancellationToken);
            if (reply.Value.HasEnded)
                return reply;
        }
    }

    public Task<Reply<Template>> Get(string name, CancellationToken cancellationToken) =>
        api.Call(() => new(HttpMethod.Get, PathOf(name)), Wire.Default.Template, cancellationToken);

    public Task<Reply<TemplatePage>> List(string query, CancellationToken cancellationToken) =>
        api.Call(() => new(HttpMethod.Get, Path + query), Wire.Default.TemplatePage, cancellationToken);

    public async Task Remove(string name, CancellationToken cancellationToken)
    {
        using var response = await api.Send(() => new(HttpMethod.Delete, PathOf(name)), cancellationToken);
    }

    private static string PathOf(string name) => $"{Path}/{Uri.EscapeDataString(name)}";

    private static string? Joined(IReadOnlyList<string>? modules) => modules is null ? null : string.Join(',', modules);
}
