using Sandbox.Api.Dashboard.Sessions;

namespace Sandbox.Api.Tests.Dashboard;

public sealed class ShownResultTests
{
    private const string Png = "iVBORw0KGgoAAAANSUhEUg==";

    [Fact]
    public void Picture_ThatIsOne_IsAPicture()
    {
        var shown = ShownResult.Of($$"""{"image/png": "{{Png}}", "text/html": "<b>b</b>", "text/plain": "<Figure>"}""");
        Assert.Equal((true, null, "<Figure>"), (shown.IsPicture, shown.Document, shown.Text));
        Assert.Equal("image/png", StepPicture.Of($$"""{"image/png": "{{Png}}"}""")!.Type);
    }

    [Theory]
    [InlineData("""{"image/png": "PHNjcmlwdD4="}""")]
    [InlineData("""{"image/png": "no base64"}""")]
    [InlineData("""{"image/png": 7}""")]
    [InlineData("""{"text/html": "<script>"}""")]
    [InlineData("""{"image/svg+xml": {}}""")]
    [InlineData("""[1]""")]
    [InlineData("no JSON")]
    public void Picture_ThatIsNone_IsNotSent(string result) => Assert.Null(StepPicture.Of(result));

    [Fact]
    public void Html_IsADocumentOfItsOwn()
    {
        var shown = ShownResult.Of("""{"text/html": "<table></table>", "text/plain": "a table"}""");
        Assert.Equal((false, "<table></table>", "a table"), (shown.IsPicture, shown.Document, shown.Text));
    }

    [Theory]
    [InlineData("""{"text/plain": "42"}""", "42")]
    [InlineData("""{"application/json": {"a": 1}}""", "{\n  \"application/json\": {\n    \"a\": 1\n  }\n}")]
    [InlineData("7", "7")]
    public void EverythingElse_IsText(string result, string text) => Assert.Equal(new ShownResult(false, null, text), ShownResult.Of(result));

    [Fact]
    public void Html_ThatIsTooLong_IsText()
    {
        var shown = ShownResult.Of($$"""{"text/html": "{{new string('a', 300_000)}}", "text/plain": "short"}""");
        Assert.Equal(new ShownResult(false, null, "short"), shown);
    }
}
