namespace Sandbox.EndToEnd.Tests.Sessions;

/// <summary>What people show with the libraries that they use, without any set-up.</summary>
public sealed class FigureTests(SharedServer server)
{
    private const string PngHead = "iVBORw0KGgo";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("standard")]
    [InlineData("strong")]
    public async Task Figure_OfMatplotlib_IsShownAsAPicture(string isolation)
    {
        var session = await SessionClient.Open(server.Client, Token, new { isolation });

        var step = await session.Run("import matplotlib.pyplot as plt\nplt.plot([1, 4, 2])\nplt.title('ü')\nNone", Token);

        Assert.True(step.Status == "succeeded", step.Stderr);
        Assert.StartsWith(PngHead, Assert.Single(step.Results!).GetProperty("image/png").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Table_OfPandas_IsShownAsHtml()
    {
        var session = await SessionClient.Open(server.Client, Token);

        var step = await session.Run("import pandas\npandas.DataFrame({'a': [1, 2], 'b': ['x', 'ü']})", Token);

        Assert.True(step.Status == "succeeded", step.Stderr);
        Assert.Contains("<td>ü</td>", step.Results![step.MainResult!.Value].GetProperty("text/html").GetString(), StringComparison.Ordinal);
    }
}
