using System.Text;
using System.Text.Json;
using Sandbox.Grains.Abstractions.Output;
using Xunit;

namespace Sandbox.Grains.Tests.Output;

/// <summary>JSON by hostile hands: what is read can be written again.</summary>
public sealed class UntrustedJsonTests
{
    [Theory]
    [InlineData("""{"a":[1,"b"]}""", """{"a":[1,"b"]}""")]
    [InlineData("\"\\ud83d\\ude00\"", "\"\\uD83D\\uDE00\"")]
    [InlineData("\"\\ud83d\"", "\"\\uFFFD\"")]
    [InlineData("\"\\ude00\\ud83d x\"", "\"\\uFFFD\\uFFFD x\"")]
    [InlineData("\"\\ud83d\\ud83d\\ude00\"", "\"\\uFFFD\\uD83D\\uDE00\"")]
    [InlineData("\"\\\\ud83d\"", "\"\\\\ud83d\"")]
    [InlineData("\"\\\\\\ud83d\\n\"", "\"\\\\\\uFFFD\\n\"")]
    [InlineData("{\"\\uD800\":1}", "{\"\\uFFFD\":1}")]
    public void Parse_OfJson_CanBeWritten(string text, string written) =>
        Assert.Equal(written, JsonSerializer.Serialize(UntrustedJson.Parse(Encoding.UTF8.GetBytes(text))));

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("1 2")]
    [InlineData("\"\\ud8")]
    [InlineData("\"\\")]
    [InlineData("NaN")]
    public void Parse_OfWhatIsNone_IsNull(string text) => Assert.Null(UntrustedJson.Parse(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Parse_BytesThatAreNoText_IsNull() => Assert.Null(UntrustedJson.Parse([(byte)'"', 0xff, (byte)'"']));

    [Fact]
    public void Parse_NestedDeeperThanAnAnswerHolds_IsNull()
    {
        Assert.NotNull(UntrustedJson.Parse(Nested(UntrustedJson.MaxDepth)));
        Assert.Null(UntrustedJson.Parse(Nested(UntrustedJson.MaxDepth + 1)));
        Assert.Null(UntrustedJson.Parse(Nested(1_000_000)));
    }

    private static byte[] Nested(int depth) => Encoding.UTF8.GetBytes(new string('[', depth) + new string(']', depth));
}
