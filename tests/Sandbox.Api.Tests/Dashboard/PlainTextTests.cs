using Sandbox.Api.Dashboard.Work;

namespace Sandbox.Api.Tests.Dashboard;

public sealed class PlainTextTests
{
    [Theory]
    [InlineData("plain\ttext\n", "plain\ttext\n")]
    [InlineData("\u001b[31mred\u001b[0m", "red")]
    [InlineData("\u001b[38;2;1;2;3mcolour", "colour")]
    [InlineData("\u001b]0;title\u0007after", "after")]
    [InlineData("\u001b]8;;https://evil.example/\u001b\\link\u001b]8;;\u001b\\", "link")]
    [InlineData("\u001bPdevice\u001b\\control", "control")]
    [InlineData("\u001b(Bset", "set")]
    [InlineData("\u001b]never ended\nnext line", "\nnext line")]
    [InlineData("a\r\nb", "a\nb")]
    [InlineData("10%\r20%\r", "10%\n20%\n")]
    [InlineData("bell\u0007 null\0 back\b delete\u007f c1\u0085", "bell null back delete c1")]
    [InlineData("cut \u001b", "cut ")]
    [InlineData("cut \u001b[", "cut ")]
    [InlineData("cut \u001b[31", "cut ")]
    [InlineData("<script>alert(1)</script>", "<script>alert(1)</script>")]
    [InlineData("", "")]
    public void Of_Output_IsTextAlone(string output, string text) => Assert.Equal(text, PlainText.Of(output));

    [Fact]
    public void Tail_OfALongText_BeginsWithALineAndSaysWhatIsLeftOut()
    {
        Assert.Equal(("short", 0), PlainText.Tail("short", 5));
        Assert.Equal(("second", 6), PlainText.Tail("first\nsecond", 8));
        Assert.Equal(("one long line"[5..], 5), PlainText.Tail("one long line", 8));
    }

    [Fact]
    public void Tail_DoesNotCutACharacter() => Assert.Equal(("b", 3), PlainText.Tail("a😀b", 2));

    [Theory]
    [InlineData("file.txt", "file.txt")]
    [InlineData("two\nlines", "two\uFFFDlines")]
    [InlineData("\u202Egpj.exe", "\uFFFDgpj.exe")]
    [InlineData("<img onerror=alert(1)>", "<img onerror=alert(1)>")]
    public void Name_IsOneLineInItsOwnDirection(string name, string shown) => Assert.Equal(shown, PlainText.Name(name));
}
