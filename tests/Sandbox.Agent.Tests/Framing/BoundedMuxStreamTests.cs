using Nerdbank.Streams;
using Sandbox.Protocol.Framing;

namespace Sandbox.Agent.Tests.Framing;

public sealed class BoundedMuxStreamTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stream_OfTheMultiplexer_PassesInPiecesOfAnySize()
    {
        (Stream left, Stream right) = FullDuplexStream.CreatePair();
        var options = new MultiplexingStream.Options { ProtocolMajorVersion = 3 };
        await using var a = MultiplexingStream.Create(new BoundedMuxStream(left), options);
        await using var b = MultiplexingStream.Create(new BoundedMuxStream(new Dripping(right)), options);
        Task<MultiplexingStream.Channel> accepting = b.AcceptChannelAsync("x", Cancellation);
        MultiplexingStream.Channel sender = await a.OfferChannelAsync("x", Cancellation);
        MultiplexingStream.Channel receiver = await accepting;
        byte[] sent = new byte[300_000];
        Random.Shared.NextBytes(sent);

        Task sending = Send();
        var received = new MemoryStream();
        await receiver.Input.CopyToAsync(received, Cancellation);
        await sending;

        Assert.Equal(sent, received.ToArray());

        async Task Send()
        {
            await sender.Output.WriteAsync(sent, Cancellation);
            await sender.Output.CompleteAsync();
        }
    }

    [Theory]
    [InlineData(new byte[] { 0x90 })]
    [InlineData(new byte[] { 0x95 })]
    [InlineData(new byte[] { 0x00 })]
    [InlineData(new byte[] { 0xdd, 0xff, 0xff, 0xff, 0xff })]
    [InlineData(new byte[] { 0x92, 0x00, 0x91 })]
    [InlineData(new byte[] { 0x92, 0x00, 0xdb, 0xff, 0xff, 0xff, 0xff })]
    [InlineData(new byte[] { 0x94, 0x00, 0x01, 0x01, 0xc6, 0x00, 0x01, 0x00, 0x01 })]
    [InlineData(new byte[] { 0x92, 0x00, 0xc6, 0xff, 0xff, 0xff, 0xff })]
    public async Task Stream_OfAnythingElse_IsAViolation(byte[] bytes)
    {
        using var stream = new BoundedMuxStream(new MemoryStream(bytes));

        await Assert.ThrowsAsync<ProtocolViolationException>(() => stream.CopyToAsync(Stream.Null, Cancellation));
    }

    /// <summary>Gives a few bytes at a time, so that every element of a frame is cut somewhere.</summary>
    private sealed class Dripping(Stream inner) : MemoryStream
    {
        private int size;

        public override bool CanWrite => true;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            inner.ReadAsync(buffer[..Math.Min(buffer.Length, 1 + (size++ % 7))], cancellationToken);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            inner.WriteAsync(buffer, cancellationToken);

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);
    }
}
