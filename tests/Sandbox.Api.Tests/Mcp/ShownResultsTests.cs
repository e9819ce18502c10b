using System.Text.Json;
using Sandbox.Api.Mcp.Calls;
using Sandbox.Api.Mcp.Results;

namespace Sandbox.Api.Tests.Mcp;

public sealed class ShownResultsTests
{
    private static readonly byte[] Png = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, 0];

    [Fact]
    public void Image_ThatIsOne_IsShown_AndWhatSaysSoOnly_IsNot()
    {
        var shown = Of(new() { ["image/png"] = Convert.ToBase64String(Png) }, new() { ["image/png"] = Convert.ToBase64String("<html>"u8) }, new() { ["image/jpeg"] = "" });

        Assert.Single(shown.Images);
        Assert.Equal("(image 1 of this answer)", shown.Items[0]["image/png"].GetString());
        Assert.Equal("(not an image)", shown.Items[1]["image/png"].GetString());
        Assert.Equal("(not an image)", shown.Items[2]["image/jpeg"].GetString());
    }

    [Fact]
    public void Results_MoreAndLongerThanAModelReads_AreCut_AndSaidToBe()
    {
        var many = Of([.. Enumerable.Range(0, 500).Select(static _ => new Dictionary<string, string> { ["text/plain"] = new string('x', 30_000) })]);
        Assert.True(many.IsCut);
        Assert.Equal(ToolBounds.Results, many.Items.Count);
        Assert.True(many.Items.Sum(static item => item.Values.Sum(static value => value.GetRawText().Length)) <= ToolBounds.AllResultCharacters);
        Assert.Equal((99, null), (many.Main(99), many.Main(100)));

        var named = Of(new Dictionary<string, string> { [new string('t', 5000)] = "a", ["text/plain"] = "b" });
        Assert.True(named.IsCut);
        Assert.Equal(["text/plain"], named.Items[0].Keys);
    }

    private static ShownResults Of(params Dictionary<string, string>[] bundles) => new(bundles.Select(static bundle => JsonSerializer.SerializeToElement(bundle)));
}
