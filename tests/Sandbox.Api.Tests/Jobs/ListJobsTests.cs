using System.Net;
using System.Text.Json;
using Sandbox.Api.Tests.Testing;
using Sandbox.Grains.Abstractions.Jobs;

namespace Sandbox.Api.Tests.Jobs;

public sealed class ListJobsTests : IClassFixture<ApiFixture>
{
    private const int Count = 120;

    private static readonly DateTimeOffset Begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ApiFixture _fixture;
    private readonly List<string> _newestFirst = [];

    public ListJobsTests(ApiFixture fixture)
    {
        _fixture = fixture;
        for (var i = 0; i < Count; i++)
        {
            var id = JobId.New();
            fixture.Server.Queries.Add(ScriptedJobs.NewView(id, i % 3 == 0 ? JobStatus.Failed : JobStatus.Succeeded) with
            {
                CreatedAt = Begin.AddTicks(i),
                Stdout = "not in lists",
                Metadata = new Dictionary<string, string> { ["test"] = Test, ["even"] = $"{i % 2 == 0}", ["a.b c"] = "x=&ü" },
            });
            _newestFirst.Insert(0, id.ToString());
        }
    }

    // The list of a class's server is shared by its tests.
    private string Test { get; } = Guid.NewGuid().ToString("N");

    [Fact]
    public async Task List_WithoutLimit_AnswersFiftyNewestWithoutOutput()
    {
        var page = await List($"metadata.test={Test}");

        Assert.Equal(_newestFirst.Take(50), Ids(page));
        Assert.All(page.GetProperty("items").EnumerateArray(), static job => Assert.False(job.TryGetProperty("stdout", out _)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(60)]
    [InlineData(120)]
    [InlineData(1000)]
    public async Task List_ByCursor_VisitsEachJobOnceInOrder(int limit)
    {
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await List($"metadata.test={Test}&limit={limit}" + (cursor is null ? "" : $"&cursor={cursor}"));
            seen.AddRange(Ids(page));
            cursor = page.TryGetProperty("nextCursor", out var next) ? next.GetString() : null;
        }
        while (cursor is not null);

        Assert.Equal(_newestFirst, seen);
    }

    [Fact]
    public async Task List_ByStatusAndLabels_KeepsWhatHasAll()
    {
        var page = await List($"metadata.test={Test}&status=failed&metadata.even=True&metadata.a.b%20c={Uri.EscapeDataString("x=&ü")}");

        Assert.Equal(20, Ids(page).Count());
        Assert.All(page.GetProperty("items").EnumerateArray(), static job => Assert.Equal("failed", job.GetProperty("status").GetString()));
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=1001", "limit")]
    [InlineData("limit=-1", "limit")]
    [InlineData("limit=1.5", "limit")]
    [InlineData("limit=", "limit")]
    [InlineData("limit=99999999999999", "limit")]
    [InlineData("status=done", "status")]
    [InlineData("status=Failed", "status")]
    [InlineData("status=1", "status")]
    [InlineData("status=failed&status=succeeded", "status")]
    [InlineData("metadata.=x", "metadata.")]
    [InlineData("metadata.a=x&metadata.a=y", "metadata.a")]
    [InlineData("offset=3", "offset")]
    [InlineData("limit=0&status=x&cursor=y&colour=z", "colour cursor limit status")]
    public async Task List_BadQuery_IsNamed(string query, string names)
    {
        Assert.Equal(names.Split(' '), await (await _fixture.Server.Client.Get($"/v1/jobs?{query}")).AssertInvalid());
    }

    [Fact]
    public async Task List_TamperedCursor_IsNamed()
    {
        var cursor = (await List($"metadata.test={Test}&limit=1")).GetProperty("nextCursor").GetString()!;
        Assert.Matches("^[A-Za-z0-9_-]+$", cursor);

        for (var i = 0; i < cursor.Length; i++)
        {
            var tampered = cursor[..i] + (cursor[i] == 'A' ? 'B' : 'A') + cursor[(i + 1)..];
            Assert.Equal(["cursor"], await (await _fixture.Server.Client.Get($"/v1/jobs?cursor={tampered}")).AssertInvalid());
        }
        foreach (var tampered in new[] { "", "A", cursor[1..], cursor[..^1], cursor + "A", cursor + "=", cursor + cursor, "%00", new string('A', 4000) })
            Assert.Equal(["cursor"], await (await _fixture.Server.Client.Get($"/v1/jobs?cursor={tampered}")).AssertInvalid());
    }

    private static IEnumerable<string> Ids(JsonElement page) => page.GetProperty("items").EnumerateArray().Select(static job => job.GetProperty("id").GetString()!);

    private async Task<JsonElement> List(string query)
    {
        var response = await _fixture.Server.Client.Get($"/v1/jobs?{query}");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Json();
    }
}
