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

    private static string Read(byte[] bytes, int pieceLength)
    {
        var reader = new KernelMessageReader();
        var seen = new StringBuilder();
        foreach (byte[] piece in bytes.Chunk(pieceLength))
            reader.Add(piece, (kind, value) => seen.Append(kind).Append(Encoding.UTF8.GetString(value)));
        return seen.ToString();
    }
}
