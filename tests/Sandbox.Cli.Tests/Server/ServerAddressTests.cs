using Sandbox.Cli.Server;
using Sandbox.Cli.Tests.Testing;

namespace Sandbox.Cli.Tests.Server;

public sealed class ServerAddressTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ServerAddressTests()
    {
        _folder.Write("server.json", """{"url":"http://127.0.0.1:9000","pid":1}""");
        _folder.Write("operator.key", "the-key\n");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Find_DataFolder_GivesItsUrlAndKey()
    {
        Assert.Equal(new ServerAddress(new Uri("http://127.0.0.1:9000/"), "the-key"), ServerAddress.Find(_folder.Path, Variables()));
        Assert.Equal("the-key", ServerAddress.Find(null, Variables(("SANDBOX_DATA", _folder.Path))).ApiKey);
    }

    [Fact]
    public void Find_UrlOfTheEnvironment_NeverGetsTheKeyOfTheFolder()
    {
        var address = ServerAddress.Find(null, Variables(("SANDBOX_URL", "https://example.org/base"), ("SANDBOX_DATA", _folder.Path)));

        Assert.Equal(new ServerAddress(new Uri("https://example.org/base/"), null), address);
    }

    [Fact]
    public void Find_FolderNamedOnTheCommandLine_WinsOverTheEnvironmentsUrl()
    {
        Assert.Equal(9000, ServerAddress.Find(_folder.Path, Variables(("SANDBOX_URL", "https://example.org"))).Url.Port);
    }

    [Fact]
    public void Find_KeyOfTheEnvironment_WinsOverTheOperators()
    {
        Assert.Equal("mine", ServerAddress.Find(_folder.Path, Variables(("SANDBOX_API_KEY", "mine"))).ApiKey);
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("localhost:8080")]
    public void Find_UrlOfAnotherScheme_IsRefused(string url)
    {
        Assert.Throws<CliException>(() => ServerAddress.Find(null, Variables(("SANDBOX_URL", url))));
    }

    [Theory]
    [InlineData("http://203.0.113.7:9000")]
    [InlineData("https://example.org")]
    public void Find_FolderThatNamesAnotherMachine_IsRefused(string url)
    {
        _folder.Write("server.json", $$"""{"url":"{{url}}","pid":1}""");

        var error = Assert.Throws<CliException>(() => ServerAddress.Find(_folder.Path, Variables(("SANDBOX_API_KEY", "mine"))));

        Assert.Contains("SANDBOX_URL", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://0.0.0.0:9000", "http://127.0.0.1:9000/")]
    [InlineData("http://[::]:9000", "http://[::1]:9000/")]
    [InlineData("http://localhost:9000", "http://localhost:9000/")]
    public void Find_ServerThatListensEverywhere_IsReachedOnThisMachine(string url, string reached)
    {
        _folder.Write("server.json", $$"""{"url":"{{url}}","pid":1}""");

        Assert.Equal(new Uri(reached), ServerAddress.Find(_folder.Path, Variables()).Url);
    }

    [Fact]
    public void Find_WhereNothingIsNamed_TakesNoFolderForIt_WhereNoneShallStandIn()
    {
        Assert.Throws<CliException>(() => ServerAddress.Find(null, Variables(("SANDBOX_API_KEY", "mine")), standsIn: false));
        Assert.Equal(9000, ServerAddress.Find(null, Variables(("SANDBOX_DATA", _folder.Path)), standsIn: false).Url.Port);
    }

    [Theory]
    [InlineData(1000, 1000, true)]
    [InlineData(0, 1000, true)]
    [InlineData(1001, 1000, false)]
    [InlineData(1000, 0, false)]
    public void Owner_IsTrusted_WhereItIsTheUserOrRoot(uint owner, uint user, bool isTrusted) => Assert.Equal(isTrusted, FileOwner.IsTrusted(owner, user));

    [Fact]
    public void Owner_OfWhatThisUserMade_IsTrusted_AndOfWhatIsNotThereIsNot()
    {
        Assert.True(FileOwner.IsTrusted(_folder.Path));
        Assert.True(FileOwner.IsTrusted("/"));
        Assert.False(FileOwner.IsTrusted(Path.Combine(_folder.Path, "missing")));
    }

    [Fact]
    public void Find_NoServer_SaysHowToStartOne()
    {
        File.Delete(Path.Combine(_folder.Path, "server.json"));

        var error = Assert.Throws<CliException>(() => ServerAddress.Find(_folder.Path, Variables()));

        Assert.Contains("./sandbox up --detach", error.Message, StringComparison.Ordinal);
    }

    private static Dictionary<string, string> Variables(params (string Name, string Value)[] variables) =>
        variables.ToDictionary(v => v.Name, v => v.Value);
}
