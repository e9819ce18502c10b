using System.Text;
using Sandbox.Api.Mcp.Results;

namespace Sandbox.Api.Tests.Mcp;

public sealed class TextPartsTests
{
    [Theory]
    [InlineData("abc", 0, 2, 0, 2)]
    [InlineData("abc", 2, 9, 2, 3)]
    [InlineData("abc", 9, 9, 3, 3)]
    // A character of two halves is left out at the end, taken whole at the beginning, and taken whole where there is room for one half.
    [InlineData("a😀b", 0, 2, 0, 1)]
    [InlineData("a😀b", 2, 2, 1, 3)]
    [InlineData("a😀b", 1, 1, 1, 3)]
    public void Bounds_OfAPart_AreOfWholeCharacters_AndGetOn(string text, int from, int length, int start, int end) =>
        Assert.Equal((start, end), TextParts.Bounds(text, from, length));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void Bounds_OneAfterAnother_AreTheWholeText(int length)
    {
        const string text = "ab😀c😀😀ü";
        var (read, next) = (new StringBuilder(), 0);
        while (next < text.Length)
        {
            var (start, end) = TextParts.Bounds(text, next, length);
            Assert.True(end > next);
            read.Append(text.AsSpan(start, end - start));
            next = end;
        }

        Assert.Equal(text, read.ToString());
    }

    [Fact]
    public void WholeCharacters_OfEveryBeginning_CutNone()
    {
        var bytes = Encoding.UTF8.GetBytes("aü€😀");
        // After 1, 3, 6 and 10 bytes a character is whole; the first one is given even in part, so that one gets on.
        int[] whole = [1, 1, 3, 3, 3, 6, 6, 6, 6, 10];
        Assert.Equal(whole, Enumerable.Range(1, bytes.Length).Select(length => TextParts.WholeCharacters(bytes.AsSpan(0, length))));
        Assert.Equal(2, TextParts.WholeCharacters(Encoding.UTF8.GetBytes("€").AsSpan(0, 2)));
    }
}
