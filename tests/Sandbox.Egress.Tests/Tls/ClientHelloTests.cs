using System.Buffers.Binary;
using System.Net.Security;
using System.Text;
using Sandbox.Egress.Dialing;
using Sandbox.Egress.Rules;
using Sandbox.Egress.Tls;

namespace Sandbox.Egress.Tests.Tls;

public sealed class ClientHelloTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Read_OfARealClient_IsCompleteExactlyWithItsLastByte()
    {
        var bytes = await Real("server.example");
        for (var length = 0; length < bytes.Length; length++)
            Assert.Equal(ClientHelloState.Incomplete, ClientHello.Read(bytes.AsSpan(0, length)).State);
        Assert.Equal(new ClientHello(ClientHelloState.Complete, "server.example"), ClientHello.Read(bytes));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100)]
    public async Task Read_InManyRecords_IsPutTogether(int size)
    {
        var bytes = Split(await Real("server.example"), size);
        Assert.Equal(ClientHelloState.Incomplete, ClientHello.Read(bytes.AsSpan(0, bytes.Length - 1)).State);
        Assert.Equal("server.example", ClientHello.Read(bytes).ServerName);
    }

    [Fact]
    public async Task Read_WithoutAName_HasNone() => Assert.Equal(new ClientHello(ClientHelloState.Complete, null), ClientHello.Read(await Real("")));

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n")]
    [InlineData("SSH-2.0-x")]
    [InlineData("\u0080\u002e\u0001\u0003\u0001")]
    [InlineData("\u0016\u0002")]
    public void Read_AnotherProtocol_IsNotTls(string text) => Assert.Equal(ClientHelloState.NotTls, ClientHello.Read(Encoding.Latin1.GetBytes(text)).State);

    [Theory]
    [InlineData("160301000402000000")]
    [InlineData("1603010000")]
    [InlineData("160301ffff")]
    [InlineData("160301000401ffffff")]
    [InlineData("16030100040100000017030100")]
    public void Read_BrokenTls_IsMalformed(string hex) => Assert.Equal(ClientHelloState.Malformed, ClientHello.Read(Convert.FromHexString(hex)).State);

    [Fact]
    public async Task Read_AnyByteChanged_NeverThrows()
    {
        var bytes = await Real("server.example");
        for (var at = 0; at < bytes.Length; at++)
        {
            bytes[at] ^= 0xff;
            ClientHello.Read(bytes);
            bytes[at] ^= 0xff;
        }
    }

    [Theory]
    [InlineData(443, null)]
    [InlineData(443, "other.example")]
    [InlineData(8443, "other.example")]
    [InlineData(8443, null)]
    [InlineData(443, "x.server.example")]
    [InlineData(443, "127.0.0.1")]
    public void Refusal_TlsForAnotherName_IsRefused(int port, string? server) =>
        Assert.Equal(EgressReason.TlsNameDiffers, TlsCheck.Refusal(new ClientHello(ClientHelloState.Complete, server), "server.example", port));

    [Fact]
    public void Refusal_OfWhatFits_IsNone()
    {
        Assert.Null(TlsCheck.Refusal(new ClientHello(ClientHelloState.Complete, "SERVER.example"), "server.example", 443));
        Assert.Null(TlsCheck.Refusal(new ClientHello(ClientHelloState.Complete, null), null, 443));
        Assert.Null(TlsCheck.Refusal(new ClientHello(ClientHelloState.NotTls, null), "server.example", 5432));
    }

    [Fact]
    public void Refusal_NoTlsOnItsPort_IsRefused()
    {
        Assert.Equal(EgressReason.TlsExpected, TlsCheck.Refusal(new ClientHello(ClientHelloState.NotTls, null), "server.example", 443));
        Assert.Equal(EgressReason.TlsMalformed, TlsCheck.Refusal(new ClientHello(ClientHelloState.Malformed, null), "server.example", 8443));
        Assert.Equal(EgressReason.TlsMalformed, TlsCheck.Refusal(new ClientHello(ClientHelloState.Incomplete, null), "server.example", 8443));
    }

    private static byte[] Split(byte[] record, int size)
    {
        var all = new MemoryStream();
        foreach (var part in record.AsSpan(5).ToArray().Chunk(size))
        {
            Span<byte> header = [22, 3, 1, 0, 0];
            BinaryPrimitives.WriteUInt16BigEndian(header[3..], (ushort)part.Length);
            all.Write(header);
            all.Write(part);
        }
        return all.ToArray();
    }

    /// <summary>What the platform's own client sends first; an empty name is left out by it.</summary>
    private static async Task<byte[]> Real(string host)
    {
        var (near, far) = Nerdbank.Streams.FullDuplexStream.CreatePair();
        await using var client = new SslStream(near);
        var greeting = client.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, Token);
        var header = new byte[5];
        await far.ReadExactlyAsync(header, Token);
        var body = new byte[BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(3))];
        await far.ReadExactlyAsync(body, Token);
        await far.DisposeAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => greeting);
        return [.. header, .. body];
    }
}
