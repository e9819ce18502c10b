using System.Globalization;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Tests.Terminal;

public sealed class UnitsTests
{
    [Theory]
    [InlineData("90", 90)]
    [InlineData("0", 0)]
    [InlineData("1.5h", 5400)]
    [InlineData(" 10m ", 600)]
    [InlineData("7d", 604800)]
    [InlineData("2s", 2)]
    public void TryParseSeconds_Duration_IsRead(string text, double seconds)
    {
        Assert.True(Units.TryParseSeconds(text, out var result));
        Assert.Equal(seconds, result);
    }

    [Theory]
    [InlineData("")]
    [InlineData("m")]
    [InlineData("-1")]
    [InlineData("1w")]
    [InlineData("1e400")]
    public void TryParseSeconds_NoDuration_IsRefused(string text) => Assert.False(Units.TryParseSeconds(text, out _));

    [Theory]
    [InlineData("65536", 65536)]
    [InlineData("512M", 512L << 20)]
    [InlineData("512 MiB", 512L << 20)]
    [InlineData("1.5g", 3L << 29)]
    [InlineData("64kb", 64 << 10)]
    [InlineData("1b", 1)]
    public void TryParseBytes_Size_IsRead(string text, long bytes)
    {
        Assert.True(Units.TryParseBytes(text, out var result));
        Assert.Equal(bytes, result);
    }

    [Theory]
    [InlineData("")]
    [InlineData("M")]
    [InlineData("-1M")]
    [InlineData("0")]
    [InlineData("1X")]
    [InlineData("1e30")]
    [InlineData("99999999999T")]
    [InlineData("NaN")]
    public void TryParseBytes_NoSize_IsRefused(string text) => Assert.False(Units.TryParseBytes(text, out _));

    [Theory]
    [InlineData(1023, "1023 B")]
    [InlineData(1536, "1.5 KiB")]
    [InlineData(512L << 20, "512 MiB")]
    public void Bytes_AreWrittenShort(long bytes, string text) => Assert.Equal(text, Units.Bytes(bytes));

    [Fact]
    public void Seconds_AreWrittenWithoutNoise()
    {
        Assert.Equal("30 s", Units.Seconds(30));
        Assert.Equal("0.25 s", Units.Seconds(double.Parse("0.2500001", CultureInfo.InvariantCulture)));
    }
}
