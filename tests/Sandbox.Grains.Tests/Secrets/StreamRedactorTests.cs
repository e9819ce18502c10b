using System.Text;
using Sandbox.Grains.Secrets.Redaction;
using Sandbox.Protocol;
using Sandbox.Runtime.Channel;

namespace Sandbox.Grains.Tests.Secrets;

/// <summary>What is found, wherever the pieces in which it comes begin and end.</summary>
public sealed class StreamRedactorTests
{
    private const string Value = "s3cr3t-\"v/lue\"+\\ü";

    public static TheoryData<string> Forms =>
    [
        Value,
        "s3cr3t-\\\"v/lue\\\"+\\\\ü",
        "s3cr3t-\\\"v/lue\\\"+\\\\\\u00fc",
        "s3cr3t-%22v%2Flue%22%2B%5C%C3%BC",
        "s3cr3t-%22v/lue%22%2B%5C%C3%BC",
        "s3cr3t-%22v%2flue%22%2b%5c%c3%bc",
        "s3cr3t-\\\\\\\"v/lue\\\\\\\"+\\\\\\\\ü",
    ];

    [Theory, MemberData(nameof(Forms))]
    public void Mask_AFormOfTheValue_IsNotToldApartFromIt(string form) =>
        Assert.Equal("before *** behind", Of(Value).Mask($"before {form} behind"));

    [Theory]
    [InlineData("")]
    [InlineData("u")]
    [InlineData("user")]
    [InlineData("user:")]
    [InlineData("user:1")]
    public void Mask_Base64TogetherWithOtherText_LeavesNothingOfTheValue(string before)
    {
        var secret = "0123456789abcdef-the-password";
        var encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{before}{secret}!"));

        var masked = Of(secret).Mask(encoded);

        Assert.Contains("***", masked, StringComparison.Ordinal);
        Assert.True(masked.Length <= encoded.Length - (secret.Length * 4 / 3) + 6, masked);
    }

    [Fact]
    public void Mask_ValueOfSeveralLines_MasksEachAlone()
    {
        var patterns = Of("-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG\nanother line of the key\n-----END KEY-----\n");

        Assert.Equal("-----BEGIN KEY----- *** and ***", patterns.Mask("-----BEGIN KEY----- MIIEvQIBADANBgkqhkiG and another line of the key"));
    }

    [Theory]
    [InlineData("abcdefghij", "abcdefgh", "x abcdefghij y", "x *** y")]
    [InlineData("abcdefgh", "efghijkl", "abcdefghijkl", "***")]
    [InlineData("aaaaaaaa", "aaaaaaaa", "baaaaaaaaaaab", "b***b")]
    [InlineData("abcdefgh", "cdefghij", "abcdefg cdefghi", "abcdefg cdefghi")]
    public void Mask_ValuesThatOverlap_LeavesNothingOfEither(string one, string other, string text, string expected) =>
        Assert.Equal(expected, Of(one, other).Mask(text));

    [Fact]
    public void Add_AnyCutsOfAnyText_IsWhatMaskingTheWholeWouldBe()
    {
        var random = new Random(20261129);
        for (var round = 0; round < 2000; round++)
        {
            // Of few letters, so that values begin everywhere.
            var values = Enumerable.Range(0, random.Next(1, 4)).Select(_ => Letters(random, random.Next(8, 14))).ToArray();
            var patterns = Of(values);
            var text = string.Concat(Enumerable.Range(0, 12).Select(_ => random.Next(3) == 0 ? values[random.Next(values.Length)] : Letters(random, random.Next(0, 9))));

            Assert.Equal(Expected(text, values), InPieces(patterns, text, random));
        }
    }

    [Fact]
    public void Add_EndThatNoValueBeginsWith_IsNotHeld()
    {
        var redactor = new StreamRedactor(Of("abcdefgh"));

        Assert.Equal("Password: ", Text(redactor.Add("Password: "u8)));
        Assert.Equal(0, redactor.Held);
        Assert.Equal("", Text(redactor.Add("abc"u8)));
        Assert.Equal(3, redactor.Held);
    }

    [Fact]
    public void LetGo_ValueThatGoesOnAfterwards_IsMaskedFromThere()
    {
        var redactor = new StreamRedactor(Of("abcdefgh"));
        var first = redactor.Add("abc"u8);
        redactor.LetGo();

        Assert.Equal("abc", Text(first));
        Assert.Equal("***!", Text(redactor.Add("defgh!"u8)));
    }

    [Fact]
    public void Add_PiecesOfOneValue_ComeTogetherAndKeepTheirNumbers()
    {
        var redactor = new OutputRedactor(Of("abcdefgh"));

        Assert.Empty(redactor.Add(Piece(1, "x abc")));
        // Another stream waits for its turn, and another value's beginning holds the second piece.
        Assert.Empty(redactor.Add(Piece(2, "error", OutputStream.Stderr)));
        Assert.Empty(redactor.Add(Piece(3, "defgh abcd")));
        Assert.NotNull(redactor.Patience);
        var ready = redactor.Add(Piece(4, "!"));

        Assert.Equal([(1, "x ***"), (2, "error"), (3, " abcd"), (4, "!")], ready.Select(piece => ((int)piece.Sequence, Encoding.UTF8.GetString(piece.Data.Span))));
        Assert.Null(redactor.Patience);
    }

    [Fact]
    public void Add_MuchOfAnotherStreamWhileOneWaits_DoesNotWaitForEver()
    {
        var redactor = new OutputRedactor(Of("abcdefgh"));
        redactor.Add(Piece(1, "abc"));
        var came = 0;
        for (var sequence = 2; came == 0; sequence++)
        {
            Assert.InRange(sequence, 2, 100);
            came = redactor.Add(new AgentOutput(sequence, OutputStream.Stderr, new byte[64 * 1024])).Count;
        }

        Assert.Null(redactor.Patience);
    }

    private static SecretPatterns Of(params string[] values) =>
        SecretPatterns.Of(values.Select(static value => new ReadOnlyMemory<byte>(Encoding.UTF8.GetBytes(value))))!;

    private static AgentOutput Piece(long sequence, string text, OutputStream stream = OutputStream.Stdout) => new(sequence, stream, Encoding.UTF8.GetBytes(text));

    private static string Text(StreamRedactor.Piece piece) => Encoding.UTF8.GetString(piece.Written.ToArray());

    private static string Letters(Random random, int count) => string.Concat(Enumerable.Range(0, count).Select(_ => "abc"[random.Next(3)]));

    private static string InPieces(SecretPatterns patterns, string text, Random random)
    {
        var redactor = new StreamRedactor(patterns);
        var pieces = new List<StreamRedactor.Piece>();
        for (var at = 0; at < text.Length;)
        {
            var length = Math.Min(random.Next(1, 10), text.Length - at);
            pieces.Add(redactor.Add(Encoding.UTF8.GetBytes(text.Substring(at, length))));
            Assert.InRange(redactor.Held, 0, 20);
            at += length;
        }

        redactor.LetGo();
        Assert.All(pieces, static piece => Assert.True(piece.IsWhole));
        return string.Concat(pieces.Select(Text));
    }

    // By trying every value at every place.
    private static string Expected(string text, string[] values)
    {
        var forms = values.SelectMany(value => SecretForms.Of(Encoding.UTF8.GetBytes(value))).Select(Encoding.UTF8.GetString).ToList();
        var covered = new int[text.Length];
        var group = 0;
        var end = 0;
        for (var at = 0; at < text.Length; at++)
        {
            var longest = forms.Where(form => string.CompareOrdinal(text, at, form, 0, form.Length) == 0).Select(form => form.Length).DefaultIfEmpty(0).Max();
            if (longest == 0)
                continue;
            if (at >= end)
                group++;
            end = Math.Max(end, at + longest);
            Array.Fill(covered, group, at, Math.Max(0, end - at));
        }

        return string.Concat(text.Select((c, at) => covered[at] == 0 ? c.ToString() : at > 0 && covered[at - 1] == covered[at] ? "" : "***"));
    }
}
