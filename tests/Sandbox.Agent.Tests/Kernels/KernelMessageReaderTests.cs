using System.Text;
using Sandbox.Agent.Kernels;

namespace Sandbox.Agent.Tests.Kernels;

public sealed class KernelMessageReaderTests
{
    [Theory]
    [InlineData("{\"type\":\"ready\"}\n", "Ready")]
    [InlineData("{\"type\":\"result\",\"value\":{\"a\": [1, \"\\n\"]}}\n", "Result{\"a\": [1, \"\\n\"]}")]
    [InlineData("{\"value\": \"x\" ,\"type\":\"result\",\"more\":{}}\n", "Result\"x\"")]
    [InlineData("{\"type\":\"result\"}\n", "")]
    [InlineData("{\"type\":\"other\",\"value\":1}\n", "")]
    [InlineData("{\"type\":\"result\",\"value\":1} trailing\n", "")]
    [InlineData("{\"type\":\"result\",\"value\":1", "")]
    [InlineData("\n\n[]\nnull\n\"x\"\n{}\nnonsense\n{\"type\":\"ready\"}\n", "Ready")]
    [InlineData("{\"type\":\"display\",\"data\":{\"a\":1}}\n", "Rich{\"type\":\"display\",\"data\":{\"a\":1}}")]
    [InlineData("{\"type\":\"result\",\"data\":{}}\n{\"type\":\"error\",\"name\":\"E\"}\n", "Rich{\"type\":\"result\",\"data\":{}}Rich{\"type\":\"error\",\"name\":\"E\"}")]
    [InlineData("{\"type\":\"display\",\"data\":[]}\n{\"type\":\"display\"}\n{\"type\":\"error\",\"name\":1}\n{\"data\":{}}\n", "")]
    [InlineData("{\"type\":1,\"value\":1}\n{\"type\":[],\"value\":1}\n", "")]
    public void Add_Lines_GivesWhatIsUnderstood(string text, string expected)
    {
        Assert.Equal(expected, Read(Encoding.UTF8.GetBytes(text), 1000));
        Assert.Equal(expected, Read(Encoding.UTF8.GetBytes(text), 1));
    }

    [Fact]
    public void Add_LineThatIsTooLong_IsSkippedAndTheNextIsRead()
    {
        byte[] bytes = [.. new byte[10_000_000], (byte)'\n', .. "{\"type\":\"ready\"}\n"u8];

        Assert.Equal("Ready", Read(bytes, 16_384));
    }

    [Fact]
    public void Add_LineThatIsTooLong_IsToldWhereAsked()
    {
        int skipped = 0;
        var reader = new KernelMessageReader { MostLineBytes = 100, Skipped = () => skipped++ };

        reader.Add(Encoding.UTF8.GetBytes(new string('x', 101) + "\n" + new string('y', 500) + "\n{}\n"), (_, _) => { });

        Assert.Equal(2, skipped);
    }

    [Theory]
    [InlineData("{\"type\":\"done\",\"step\":\"id\",\"exitCode\":3}", true, 3)]
    [InlineData("{\"type\":\"done\",\"step\":\"other\",\"exitCode\":3}", false, 3)]
    [InlineData("{\"type\":\"done\",\"step\":\"id\",\"exitCode\":256}", false, 256)]
    [InlineData("{\"type\":\"done\",\"step\":\"id\",\"exitCode\":-2}", false, -2)]
    [InlineData("{\"type\":\"done\",\"step\":\"id\",\"exitCode\":1e99}", false, -1)]
    [InlineData("{\"type\":\"done\",\"step\":[\"id\"],\"exitCode\":0}", false, 0)]
    [InlineData("{\"type\":\"done\",\"step\":\"id\"}", false, -1)]
    public void IsEndOf_ALine_IsOfThatStepAlone(string line, bool expected, int code)
    {
        Assert.Equal(expected, KernelMessage.IsEndOf("id", Encoding.UTF8.GetBytes(line), out int exitCode));
        Assert.Equal(code, exitCode);
    }

    private static string Read(byte[] bytes, int pieceLength)
    {
        var reader = new KernelMessageReader();
        var seen = new StringBuilder();
        foreach (byte[] piece in bytes.Chunk(pieceLength))
            reader.Add(piece, (kind, value) => seen.Append(kind).Append(Encoding.UTF8.GetString(value)));
        return seen.ToString();
    }
}
