using System.IO.Pipelines;
using Sandbox.Protocol;
using Sandbox.Protocol.Framing;

namespace Sandbox.Agent.Tests.Framing;

public sealed class FrameTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000)]
    [InlineData(AgentProtocol.MaxFrameBytes)]
    public async Task Frame_Written_IsReadAgain(int length)
    {
        var pipe = new Pipe();
        byte[] payload = [.. Enumerable.Range(0, length).Select(i => (byte)i)];
        ValueTask writing = new FrameWriter(pipe.Writer).Write(FrameType.Data, payload, Cancellation);

        Frame? frame = await new FrameReader(pipe.Reader).Read(Cancellation);
        await writing;

        Assert.Equal(FrameType.Data, frame!.Value.Type);
        Assert.Equal(payload, frame.Value.Payload);
    }

    [Fact]
    public async Task Body_ReadIntoABuffer_IsTheSameAndEnds()
    {
        var pipe = new Pipe();
        byte[] body = [.. Enumerable.Range(0, 100_000).Select(i => (byte)(i * 7))];
        Task writing = Task.Run(() => new FrameWriter(pipe.Writer).WriteBody(body, Cancellation).AsTask(), Cancellation);
        var reader = new FrameReader(pipe.Reader);
        List<byte> read = [];
        byte[] buffer = new byte[999];

        while (await reader.ReadBody(buffer, Cancellation) is { Count: > 0 and int count })
            read.AddRange(buffer.AsSpan(0, count));
        await writing;

        Assert.Equal(body, read);
    }

    [Fact]
    public async Task Body_ThatAnotherFrameEnds_GivesThatFrame()
    {
        var pipe = new Pipe();
        var writer = new FrameWriter(pipe.Writer);
        await writer.Write(FrameType.Data, new byte[10], Cancellation);
        await writer.Write(FrameType.Error, new byte[3], Cancellation);
        var reader = new FrameReader(pipe.Reader);
        byte[] buffer = new byte[100];

        Assert.Equal((10, null), await reader.ReadBody(buffer, Cancellation));
        (int count, Frame? other) = await reader.ReadBody(buffer, Cancellation);

        Assert.Equal((0, FrameType.Error, 3), (count, other!.Value.Type, other.Value.Payload.Length));
    }

    [Fact]
    public async Task Body_ChannelClosedWithin_Fails()
    {
        var pipe = new Pipe();
        await new FrameWriter(pipe.Writer).Write(FrameType.Data, new byte[10], Cancellation);
        await pipe.Writer.CompleteAsync();
        var reader = new FrameReader(pipe.Reader);
        await reader.ReadBody(new byte[10], Cancellation);

        await Assert.ThrowsAsync<IOException>(async () => await reader.ReadBody(new byte[10], Cancellation));
    }

    [Fact]
    public async Task Frames_FromSeveralWriters_AreNeverMixed()
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 1024, resumeWriterThreshold: 512));
        var writer = new FrameWriter(pipe.Writer);
        Task writing = Task.WhenAll(Enumerable.Range(0, 16).Select(async i =>
        {
            for (int n = 0; n < 20; n++)
                await writer.Write(FrameType.Data, Enumerable.Repeat((byte)i, 100 * (i + 1)).ToArray(), Cancellation);
        }));
        var reader = new FrameReader(pipe.Reader);

        for (int n = 0; n < 320; n++)
        {
            Frame? frame = await reader.Read(Cancellation);
            Assert.Single(frame!.Value.Payload.Distinct());
        }

        await writing;
    }

    [Fact]
    public async Task Frame_Output_IsTakenApart()
    {
        var pipe = new Pipe();
        await new FrameWriter(pipe.Writer).WriteOutput(long.MaxValue - 1, OutputStream.Stderr, "text"u8.ToArray(), Cancellation);

        Frame? frame = await new FrameReader(pipe.Reader).Read(Cancellation);
        (long sequence, OutputStream stream, ReadOnlyMemory<byte> data) = OutputFrame.Parse(frame!.Value.Payload);

        Assert.Equal((long.MaxValue - 1, OutputStream.Stderr), (sequence, stream));
        Assert.Equal("text"u8.ToArray(), data.ToArray());
    }

    [Fact]
    public async Task Frame_EndOfChannelBetweenFrames_IsNull()
    {
        Assert.Null(await Reader([]).Read(Cancellation));
    }

    [Theory]
    [InlineData(new byte[] { 1 })]
    [InlineData(new byte[] { 1, 0, 0, 0, 2, 9 })]
    public async Task Frame_Cut_IsARequestThatWasGivenUp(byte[] bytes)
    {
        FrameReader reader = Reader(bytes);

        await Assert.ThrowsAsync<IOException>(async () => await reader.Read(Cancellation));
    }

    [Theory]
    [InlineData(new byte[] { 1, 0, 0x20, 0, 0 })]
    [InlineData(new byte[] { 1, 0x80, 0, 0, 0 })]
    public async Task Frame_TooLong_IsAViolation(byte[] bytes)
    {
        FrameReader reader = Reader(bytes);

        await Assert.ThrowsAsync<ProtocolViolationException>(async () => await reader.Read(Cancellation));
    }

    [Theory]
    [InlineData(new byte[] { 0, 0, 0, 0, 0, 0, 0, 1 })]
    [InlineData(new byte[] { 0, 0, 0, 0, 0, 0, 0, 1, 0 })]
    [InlineData(new byte[] { 0, 0, 0, 0, 0, 0, 0, 1, 5 })]
    public void OutputFrame_Malformed_IsAViolation(byte[] payload)
    {
        Assert.Throws<ProtocolViolationException>(() => OutputFrame.Parse(payload));
    }

    [Fact]
    public void OutputFrame_TooMuchData_IsAViolation()
    {
        byte[] payload = new byte[9 + OutputFrame.MaxDataBytes + 1];
        payload[8] = (byte)OutputStream.Stdout;

        Assert.Throws<ProtocolViolationException>(() => OutputFrame.Parse(payload));
    }

    private static FrameReader Reader(byte[] bytes) => new(PipeReader.Create(new MemoryStream(bytes)));
}
