using Sandbox.Agent.Exec;

namespace Sandbox.Agent.Tests.Exec;

public sealed class Utf8BoundaryTests
{
    [Theory]
    [InlineData(new byte[] { }, 0)]
    [InlineData(new byte[] { 0x61 }, 0)]
    [InlineData(new byte[] { 0x61, 0xc3 }, 1)]
    [InlineData(new byte[] { 0xc3, 0xa4 }, 0)]
    [InlineData(new byte[] { 0xe2 }, 1)]
    [InlineData(new byte[] { 0xe2, 0x82 }, 2)]
    [InlineData(new byte[] { 0xe2, 0x82, 0xac }, 0)]
    [InlineData(new byte[] { 0xf0, 0x9f, 0x98 }, 3)]
    [InlineData(new byte[] { 0xf0, 0x9f, 0x98, 0x80 }, 0)]
    [InlineData(new byte[] { 0xff }, 0)]
    [InlineData(new byte[] { 0xc0 }, 0)]
    [InlineData(new byte[] { 0x80, 0x80, 0x80, 0x80 }, 0)]
    [InlineData(new byte[] { 0x61, 0x80, 0x80, 0x80 }, 0)]
    [InlineData(new byte[] { 0xc3, 0x80, 0x80 }, 0)]
    public void IncompleteTail_OfBytes_IsWhatMoreBytesCouldComplete(byte[] bytes, int expected)
    {
        Assert.Equal(expected, Utf8Boundary.IncompleteTail(bytes));
    }
}
