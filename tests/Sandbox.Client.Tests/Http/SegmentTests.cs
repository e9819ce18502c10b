using Sandbox.Client.Tests.Testing;

namespace Sandbox.Client.Tests.Http;

public sealed class SegmentTests : ClientServer
{
    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    public async Task Id_ThatWouldMeanAnotherResource_IsRefusedBeforeItIsSent(string id)
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Client().Workflows.Memory.DeleteAsync("wfl_1", id, Token));
        await Assert.ThrowsAsync<ArgumentException>(() => Client().Artifacts.RevokeUrlsAsync("art_1", id, Token));
        await Assert.ThrowsAsync<ArgumentException>(() => Client().Sessions.EndAsync(id, Token));

        Assert.Empty(Server.Requests);
    }

    [Fact]
    public async Task Id_WithSlashesAndDots_ReachesTheServerAsItIs()
    {
        Server.On("DELETE /v1/secrets/..%2Fjobs", 204, string.Empty);

        await Client().Secrets.DeleteAsync("../jobs", Token);

        Assert.Equal("DELETE /v1/secrets/..%2Fjobs", Server.Requests.Single().Line);
    }
}
