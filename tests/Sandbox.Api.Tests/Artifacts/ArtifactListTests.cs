using Sandbox.Api.Tests.Testing;

namespace Sandbox.Api.Tests.Artifacts;

public sealed class ArtifactListTests(GrainCluster cluster) : IAsyncLifetime
{
    private ApiServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await ApiServer.Start(cluster);

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task List_InPages_HasEachOnceNewestFirst()
    {
        for (var i = 0; i < 5; i++)
            _server.Artifacts.Add("default", $"a{i}", [1], createdAt: DateTimeOffset.UnixEpoch.AddSeconds(i / 2));
        _server.Artifacts.Add("other", "b", [1]);
        var names = new List<string>();
        string? cursor = null;
        do
        {
            var page = await (await _server.Client.Get($"/v1/artifacts?limit=2{(cursor is null ? "" : $"&cursor={cursor}")}")).Json();
            names.AddRange(page.GetProperty("items").EnumerateArray().Select(static item => item.GetProperty("name").GetString()!));
            cursor = page.TryGetProperty("nextCursor", out var next) ? next.GetString() : null;
        }
        while (cursor is not null);

        Assert.Equal(["a0", "a1", "a2", "a3", "a4"], names.Order(StringComparer.Ordinal));
        Assert.Equal("a4", names[0]);
    }

    [Theory]
    [InlineData("?limit=0", "limit")]
    [InlineData("?limit=1001", "limit")]
    [InlineData("?cursor=nonsense", "cursor")]
    [InlineData("?owner=x", "owner")]
    public async Task List_WrongQuery_NamesTheParameter(string query, string field) =>
        Assert.Equal([field], await (await _server.Client.Get($"/v1/artifacts{query}")).AssertInvalid());
}
