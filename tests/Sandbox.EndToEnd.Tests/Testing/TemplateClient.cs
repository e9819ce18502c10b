using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;

namespace Sandbox.EndToEnd.Tests.Testing;

/// <summary>A template as the interface answers with it.</summary>
internal sealed record Template(
    string Name,
    bool Shared,
    string Status,
    string? Error,
    string Source,
    string? From,
    IReadOnlyList<string>? Languages,
    IReadOnlyDictionary<string, string> Env,
    IReadOnlyDictionary<string, IReadOnlyList<string>> Preloads,
    long SizeBytes,
    string? Digest,
    TemplatePackages? Packages,
    string? PackagesDigest);

internal sealed record TemplatePackages(IReadOnlyList<string>? Python, IReadOnlyList<string>? Node);

internal sealed record TemplatePage(IReadOnlyList<Template> Items, string? NextCursor);

/// <summary>The routes of templates as a caller uses them.</summary>
internal static class TemplateClient
{
    /// <summary>Sends an archive and leaves the answer to the caller.</summary>
    public static async Task<HttpResponseMessage> SendArchive(this SandboxClient client, byte[] archive, string query, CancellationToken cancellationToken, int wait = 60)
    {
        using var content = new ByteArrayContent(archive) { Headers = { ContentType = new MediaTypeHeaderValue("application/x-tar") } };
        return await client.Http.PostAsync($"/v1/templates?wait={wait}&{query}", content, cancellationToken);
    }

    /// <summary>Makes a template from an archive, which is ready afterwards.</summary>
    public static async Task<Template> Import(this SandboxClient client, byte[] archive, string query, CancellationToken cancellationToken)
    {
        using var answer = await client.SendArchive(archive, query, cancellationToken);
        return Ready(await SessionClient.ReadAs<Template>(answer, HttpStatusCode.Created, cancellationToken));
    }

    /// <summary>Makes a template from what JSON can say, which is ready afterwards.</summary>
    public static async Task<Template> MakeTemplate(this SandboxClient client, object request, CancellationToken cancellationToken)
    {
        using var answer = await client.Http.PostAsJsonAsync("/v1/templates?wait=60", request, cancellationToken);
        return Ready(await SessionClient.ReadAs<Template>(answer, HttpStatusCode.Created, cancellationToken));
    }

    public static async Task<Template> GetTemplate(this SandboxClient client, string name, CancellationToken cancellationToken, int wait = 0)
    {
        using var answer = await client.Http.GetAsync($"/v1/templates/{name}?wait={wait}", cancellationToken);
        return await SessionClient.ReadAs<Template>(answer, HttpStatusCode.OK, cancellationToken);
    }

    private static Template Ready(Template template)
    {
        Assert.True(template.Status == "ready", $"The template {template.Name} is {template.Status}: {template.Error}");
        return template;
    }
}
