using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Sandbox.Api.Tests.Testing;
using Sandbox.Grains.Abstractions;

namespace Sandbox.Api.Tests.Artifacts;

public sealed class UploadTests(GrainCluster cluster) : IAsyncLifetime
{
    private const string Boundary = "b0undary";

    private static readonly byte[] Content = "hello"u8.ToArray();

    private ApiServer _server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await ApiServer.Start(cluster);

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Upload_Body_IsAnArtifact()
    {
        var response = await Post("?name=notes.txt&expiresInSeconds=60.5", new ByteArrayContent(Content), "text/plain; charset=utf-8");

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var artifact = await response.Json();
        var id = artifact.GetProperty("id").GetString()!;
        Assert.Equal($"/v1/artifacts/{id}", response.Headers.Location?.OriginalString);
        Assert.Equal(("notes.txt", 5L), (artifact.GetProperty("name").GetString(), artifact.GetProperty("sizeBytes").GetInt64()));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Content)), artifact.GetProperty("sha256").GetString());
        Assert.Equal("agent:operator", artifact.GetProperty("owner").GetString());
        Assert.Equal(("text/plain; charset=utf-8", 60.5, 5L), (_server.Artifacts.Uploaded!.ContentType, _server.Artifacts.Uploaded.ExpiresInSeconds, _server.Artifacts.Uploaded.SizeBytes));
        Assert.Equal(Content, await (await _server.Client.Get($"/v1/artifacts/{id}/content")).Bytes());
    }

    [Theory]
    [InlineData("ünï 😀.txt")]
    [InlineData("..a")]
    [InlineData(".hidden")]
    [InlineData("a\\b")]
    [InlineData("%2e%2e")]
    public async Task Upload_AnyFileName_IsKept(string name)
    {
        var artifact = await (await Post($"?name={Uri.EscapeDataString(name)}", new ByteArrayContent(Content), null)).Json();

        Assert.Equal(name, artifact.GetProperty("name").GetString());
    }

    [Theory]
    [InlineData("name=")]
    [InlineData("name=.")]
    [InlineData("name=..")]
    [InlineData("name=a%2Fb")]
    [InlineData("name=%2Fetc%2Fpasswd")]
    [InlineData("name=a%00b")]
    [InlineData("name=a%0Ab")]
    [InlineData("name=a&name=b")]
    public async Task Upload_NameThatIsNone_IsInvalid(string query)
    {
        Assert.Equal(["name"], await (await Post($"?{query}", new ByteArrayContent(Content), null)).AssertInvalid());
        Assert.Equal(0, _server.Artifacts.Count);
    }

    [Fact]
    public async Task Upload_NameTooLong_IsInvalid()
    {
        Assert.Equal(["name"], await (await Post($"?name={new string('ü', 128)}", new ByteArrayContent(Content), null)).AssertInvalid());
        Assert.Equal(HttpStatusCode.Created, (await Post($"?name={new string('u', 255)}", new ByteArrayContent(Content), null)).StatusCode);
    }

    [Theory]
    [InlineData("?expiresInSeconds=x", "expiresInSeconds")]
    [InlineData("?expiresInSeconds=-1", "expiresInSeconds")]
    [InlineData("?nmae=a", "nmae")]
    public async Task Upload_WrongQuery_NamesTheParameter(string query, string field) =>
        Assert.Equal([field], await (await Post(query, new ByteArrayContent(Content), null)).AssertInvalid());

    [Theory]
    [InlineData("sha-256=:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=:", "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824")]
    [InlineData("sha-512=:YWJj:, sha-256=:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=:", "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824")]
    [InlineData("md5=:YWJj:", null)]
    public async Task Upload_ContentDigest_IsHandedOnToBeChecked(string header, string? expected)
    {
        await Post("", new ByteArrayContent(Content), null, ("Content-Digest", header));

        Assert.Equal(expected, _server.Artifacts.Uploaded!.Sha256);
    }

    [Theory]
    [InlineData("sha-256=:YWJj:")]
    [InlineData("sha-256=LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=")]
    [InlineData("sha-256=::")]
    [InlineData("sha-256=:")]
    public async Task Upload_ContentDigestThatIsNone_IsInvalid(string header) =>
        Assert.Equal(["Content-Digest"], await (await Post("", new ByteArrayContent(Content), null, ("Content-Digest", header))).AssertInvalid());

    [Theory]
    [InlineData(RefusalCodes.DigestMismatch, HttpStatusCode.UnprocessableEntity)]
    [InlineData(RefusalCodes.ArtifactTooLarge, HttpStatusCode.RequestEntityTooLarge)]
    [InlineData(RefusalCodes.PolicyDenied, HttpStatusCode.Forbidden)]
    [InlineData(RefusalCodes.IdempotencyKeyReused, HttpStatusCode.Conflict)]
    public async Task Upload_Refused_IsAProblem(string code, HttpStatusCode status)
    {
        _server.Artifacts.Refusal = new Refusal(code, "Because.");

        await (await Post("", new ByteArrayContent(Content), null)).AssertProblem(status, code);
    }

    [Fact]
    public async Task Upload_ThatWasStoredBefore_SaysSo()
    {
        var first = await Post("", new ByteArrayContent(Content), null, ("Idempotency-Key", "once"));
        var again = await Post("", new ByteArrayContent(Content), null, ("Idempotency-Key", "again"));

        Assert.False(first.Headers.Contains("Idempotency-Replayed"));
        Assert.Equal(["true"], again.Headers.GetValues("Idempotency-Replayed"));
    }

    [Fact]
    public async Task Upload_Compressed_IsUnsupported()
    {
        var content = new ByteArrayContent(Content) { Headers = { ContentEncoding = { "gzip" } } };

        await (await Post("", content, null)).AssertProblem(HttpStatusCode.UnsupportedMediaType, "unsupported_media_type");
    }

    [Fact]
    public async Task Upload_ContentTypeThatIsNone_IsInvalid() =>
        Assert.Equal(["Content-Type"], await (await Post("", new ByteArrayContent(Content), "nonsense")).AssertInvalid());

    [Fact]
    public async Task Upload_AsCurlDoes_HasTheTypeOfItsName()
    {
        await Post("?name=a.png", new ByteArrayContent(Content), "application/x-www-form-urlencoded");

        Assert.Null(_server.Artifacts.Uploaded!.ContentType);
    }

    [Fact]
    public async Task Upload_BodyBeyondTheBoundOfOtherRequests_IsTaken()
    {
        await using var server = await ApiServer.Start(cluster, null, ("Api:MaxRequestBodyBytes", "1024"));

        var response = await server.Client.PostAsync("/v1/artifacts", new ByteArrayContent(new byte[100_000]), Cancel);

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
    }

    [Theory]
    [InlineData("", "table.csv")]
    [InlineData("?name=other.csv", "other.csv")]
    public async Task UploadForm_OneFile_IsAnArtifactOfItsNameAndType(string query, string expected)
    {
        var file = new ByteArrayContent(Content) { Headers = { ContentType = new MediaTypeHeaderValue("text/csv") } };
        var artifact = await (await Post(query, new MultipartFormDataContent { { file, "file", "table.csv" } }, null)).Json();

        Assert.Equal((expected, 5L), (artifact.GetProperty("name").GetString(), artifact.GetProperty("sizeBytes").GetInt64()));
        Assert.Equal("text/csv", artifact.GetProperty("contentType").GetString());
    }

    [Theory]
    [InlineData("C:\\docs\\x.txt", "x.txt")]
    [InlineData("../../etc/passwd", "passwd")]
    public async Task UploadForm_PathInPlaceOfAName_IsItsLastPart(string path, string expected)
    {
        var artifact = await (await PostForm(Part($"name=\"f\"; filename=\"{path}\"", "x") + End)).Json();

        Assert.Equal(expected, artifact.GetProperty("name").GetString());
    }

    [Fact]
    public async Task UploadForm_DigestOfThePart_IsHandedOn()
    {
        var digest = Convert.ToBase64String(SHA256.HashData(Content));
        await PostForm($"--{Boundary}\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a\"\r\nContent-Digest: sha-256=:{digest}:\r\n\r\nhello\r\n--{Boundary}--\r\n");

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Content)), _server.Artifacts.Uploaded!.Sha256);
    }

    public static TheoryData<string, string> WrongForms => new()
    {
        { Part("name=\"f\"; filename=\"a\"", "1") + Part("name=\"g\"; filename=\"b\"", "2") + End, "g" },
        { Part("name=\"f\"; filename=\"a\"", "1") + Part("name=\"note\"", "2") + End, "note" },
        { Part("name=\"note\"", "2") + Part("name=\"f\"; filename=\"a\"", "1") + End, "note" },
        { Part("name=\"f\"; filename=\"a\"\r\nContent-Type: text/plain; a=\"ü\"", "1") + End, "Content-Type" },
        { Part("name=\"f\"; filename=\"a\"\r\nContent-Type: nonsense", "1") + End, "Content-Type" },
        { Part("name=\"f\"; filename=\"a\"\r\nContent-Digest: sha-256=:x:", "1") + End, "Content-Digest" },
        { End, "$" },
        { "no form at all", "$" },
        { "", "$" },
        { Part("name=\"f\"; filename=\"a\"", "cut off"), "$" },
        { Part("name=\"f\"; filename=\"a/..\"", "1") + End, "filename" },
        { $"--{Boundary}\r\n{string.Concat(Enumerable.Repeat("X: y\r\n", 50))}\r\n1\r\n{End}", "$" },
    };

    [Theory]
    [MemberData(nameof(WrongForms))]
    public async Task UploadForm_ThatIsNotOneFile_NamesTheFieldAndLeavesNothing(string form, string field)
    {
        Assert.Equal([field], await (await PostForm(form)).AssertInvalid());
        Assert.Equal(0, _server.Artifacts.Count);
    }

    [Fact]
    public async Task UploadForm_DigestOfTheWholeForm_IsInvalid() =>
        Assert.Equal(
            ["Content-Digest"],
            await (await PostForm(Part("name=\"f\"; filename=\"a\"", "1") + End, ("Content-Digest", $"sha-256=:{Convert.ToBase64String(SHA256.HashData(Content))}:"))).AssertInvalid());

    [Theory]
    [InlineData("multipart/form-data")]
    [InlineData("multipart/form-data; boundary=\"\"")]
    [InlineData("multipart/form-data; boundary=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public async Task UploadForm_WithoutABoundary_IsInvalid(string type) =>
        Assert.Equal(["Content-Type"], await (await Post("", new ByteArrayContent(Content), type)).AssertInvalid());

    private static string End => $"--{Boundary}--\r\n";

    private static string Part(string disposition, string content) => $"--{Boundary}\r\nContent-Disposition: form-data; {disposition}\r\n\r\n{content}\r\n";

    private Task<HttpResponseMessage> PostForm(string form, params (string Name, string Value)[] headers) =>
        Post("", new ByteArrayContent(Encoding.UTF8.GetBytes(form)), $"multipart/form-data; boundary={Boundary}", headers);

    private async Task<HttpResponseMessage> Post(string query, HttpContent content, string? type, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/artifacts{query}") { Content = content };
        if (type is not null)
            content.Headers.TryAddWithoutValidation("Content-Type", type);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await _server.Client.SendAsync(request, Cancel);
    }
}
