using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Sandbox.Api.Tests.Testing;

namespace Sandbox.Api.Tests.Artifacts;

public sealed class ArtifactTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private HttpClient Client => fixture.Server.Client;

    [Fact]
    public async Task Get_Artifact_DescribesIt()
    {
        var info = fixture.Server.Artifacts.Add("default", "out/a.txt", "hello"u8.ToArray());

        var artifact = await (await Client.Get($"/v1/artifacts/{info.Id}")).Json();

        Assert.Equal(info.Id, artifact.GetProperty("id").GetString());
        Assert.Equal("out/a.txt", artifact.GetProperty("name").GetString());
        Assert.Equal(5, artifact.GetProperty("sizeBytes").GetInt64());
        Assert.Equal(info.Sha256, artifact.GetProperty("sha256").GetString());
        Assert.Equal("job_x", artifact.GetProperty("owner").GetString());
        Assert.Equal($"/v1/artifacts/{info.Id}/content", artifact.GetProperty("downloadUrl").GetString());
    }

    [Fact]
    public async Task Download_Whole_HasBytesAndGuards()
    {
        var content = Encoding.UTF8.GetBytes("<script>alert(1)</script>");
        var info = fixture.Server.Artifacts.Add("default", "a/b/page.html", content, "text/html");

        var response = await Client.Get($"/v1/artifacts/{info.Id}/content");

        Assert.Equal(content, await response.Bytes());
        Assert.Equal("attachment", response.Content.Headers.ContentDisposition?.DispositionType);
        Assert.Equal("page.html", response.Content.Headers.ContentDisposition?.FileName);
        Assert.Equal(["nosniff"], response.Headers.GetValues("X-Content-Type-Options"));
        Assert.Equal(["default-src 'none'; sandbox"], response.Headers.GetValues("Content-Security-Policy"));
        Assert.Equal($"\"{info.Sha256}\"", response.Headers.ETag?.Tag);
        Assert.Equal(content.Length, response.Content.Headers.ContentLength);
    }

    [Fact]
    public async Task Head_Content_HasTheHeadersOfTheDownloadAndNoBytes()
    {
        var info = fixture.Server.Artifacts.Add("default", "a/page.html", "0123456789"u8.ToArray(), "text/html");
        using var request = new HttpRequestMessage(HttpMethod.Head, $"/v1/artifacts/{info.Id}/content");

        using var response = await Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(10, response.Content.Headers.ContentLength);
        Assert.Empty(await response.Bytes());
        Assert.Equal($"\"{info.Sha256}\"", response.Headers.ETag?.Tag);
        Assert.Equal("page.html", response.Content.Headers.ContentDisposition?.FileName);
        Assert.Equal(["nosniff"], response.Headers.GetValues("X-Content-Type-Options"));
    }

    [Fact]
    public async Task Head_ContentOfAnotherTenant_IsNotFound()
    {
        var info = fixture.Server.Artifacts.Add("other", "a", [1]);
        using var request = new HttpRequestMessage(HttpMethod.Head, $"/v1/artifacts/{info.Id}/content");

        using var response = await Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Theory]
    [InlineData("bytes=0-3", HttpStatusCode.PartialContent, "0123")]
    [InlineData("bytes=5-", HttpStatusCode.PartialContent, "56789")]
    [InlineData("bytes=-2", HttpStatusCode.PartialContent, "89")]
    [InlineData("bytes=8-100", HttpStatusCode.PartialContent, "89")]
    public async Task Download_Range_HasThoseBytes(string range, HttpStatusCode status, string expected)
    {
        var info = fixture.Server.Artifacts.Add("default", "a", "0123456789"u8.ToArray());

        var response = await Client.Get($"/v1/artifacts/{info.Id}/content", ("Range", range));

        Assert.Equal(status, response.StatusCode);
        Assert.Equal(expected, await response.Text());
        Assert.Equal(10, response.Content.Headers.ContentRange?.Length);
    }

    [Fact]
    public async Task Download_RangeOutside_IsNotSatisfiable()
    {
        var info = fixture.Server.Artifacts.Add("default", "a", "0123456789"u8.ToArray());

        var response = await Client.Get($"/v1/artifacts/{info.Id}/content", ("Range", "bytes=10-20"));

        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, response.StatusCode);
    }

    [Fact]
    public async Task Download_ContentAlreadyHeld_IsNotSentAgain()
    {
        var info = fixture.Server.Artifacts.Add("default", "a", "0123456789"u8.ToArray());

        var response = await Client.Get($"/v1/artifacts/{info.Id}/content", ("If-None-Match", $"\"{info.Sha256}\""));

        Assert.Equal(HttpStatusCode.NotModified, response.StatusCode);
    }

    [Theory]
    [InlineData("a\r\nSet-Cookie: x=1", "a__Set-Cookie_ x=1")]
    [InlineData("x/..", "artifact")]
    [InlineData("\"; filename=evil.exe", "_; filename=evil.exe")]
    [InlineData("..\\..\\x", ".._.._x")]
    [InlineData("\u202egnp.exe", "_gnp.exe")]
    [InlineData("ünï.txt", "ünï.txt")]
    [InlineData("😀.png", "😀.png")]
    public async Task Download_HostileName_IsMadeHarmless(string name, string expected)
    {
        var info = fixture.Server.Artifacts.Add("default", name, [1]);

        var response = await Client.Get($"/v1/artifacts/{info.Id}/content");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.False(response.Headers.Contains("Set-Cookie"));
        var disposition = response.Content.Headers.ContentDisposition!;
        Assert.Equal("attachment", disposition.DispositionType);
        Assert.Equal(expected, disposition.FileNameStar ?? disposition.FileName?.Trim('"'));
    }

    [Theory]
    [InlineData("text/html\r\nX-Evil: 1")]
    [InlineData("")]
    [InlineData("nonsense")]
    public async Task Download_HostileContentType_IsBytes(string contentType)
    {
        var info = fixture.Server.Artifacts.Add("default", "a", [1], contentType);

        var response = await Client.Get($"/v1/artifacts/{info.Id}/content");

        Assert.Equal(MediaTypeHeaderValue.Parse("application/octet-stream"), response.Content.Headers.ContentType);
        Assert.False(response.Headers.Contains("X-Evil"));
    }

    [Fact]
    public async Task Delete_Artifact_IsGone()
    {
        var info = fixture.Server.Artifacts.Add("default", "a", [1]);

        Assert.Equal(HttpStatusCode.NoContent, (await Client.Delete($"/v1/artifacts/{info.Id}")).StatusCode);

        await AssertMissing(info.Id);
    }

    [Fact]
    public async Task EveryRoute_ArtifactOfAnotherTenant_IsNotFound() =>
        await AssertMissing(fixture.Server.Artifacts.Add("other", "a", [1]).Id);

    [Theory]
    [InlineData("art_unknown")]
    [InlineData("art_..%2f..%2fetc")]
    [InlineData("job_0123456789abcdefghjkmnpqrs")]
    [InlineData("ART_1")]
    [InlineData("art_%01")]
    public async Task EveryRoute_WhatIsNoArtifact_IsNotFound(string id) => await AssertMissing(id);

    private async Task AssertMissing(string id)
    {
        await (await Client.Get($"/v1/artifacts/{id}")).AssertProblem(HttpStatusCode.NotFound, "not_found");
        await (await Client.Get($"/v1/artifacts/{id}/content")).AssertProblem(HttpStatusCode.NotFound, "not_found");
        await (await Client.Delete($"/v1/artifacts/{id}")).AssertProblem(HttpStatusCode.NotFound, "not_found");
    }
}
