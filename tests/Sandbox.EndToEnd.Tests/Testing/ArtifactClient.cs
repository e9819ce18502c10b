using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Sandbox.EndToEnd.Tests.Testing;

/// <summary>Artifacts as a caller uses them.</summary>
internal static class ArtifactClient
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static async Task<Artifact> Upload(this HttpClient http, HttpContent content, string name, CancellationToken cancellationToken, string query = "")
    {
        using var answer = await http.PostAsync($"/v1/artifacts?name={name}{query}", content, cancellationToken);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, $"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancellationToken)}");
        return await SandboxClient.Read<Artifact>(answer, cancellationToken);
    }

    public static async Task<ArtifactPage> List(this HttpClient http, CancellationToken cancellationToken) =>
        (await http.GetFromJsonAsync<ArtifactPage>("/v1/artifacts", Json, cancellationToken))!;

    public static async Task<SignedUrl> MakeUrl(this HttpClient http, string id, object request, CancellationToken cancellationToken)
    {
        using var answer = await http.PostAsJsonAsync($"/v1/artifacts/{id}/url", request, cancellationToken);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, $"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancellationToken)}");
        return await SandboxClient.Read<SignedUrl>(answer, cancellationToken);
    }
}

internal sealed record ArtifactPage(IReadOnlyList<Artifact> Items, string? NextCursor);

internal sealed record SignedUrl(string Id, string Url, string Method, DateTimeOffset ExpiresAt);
