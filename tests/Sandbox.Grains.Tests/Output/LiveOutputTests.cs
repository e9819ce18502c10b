using System.Text;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Jobs;
using Sandbox.Grains.Output;
using Sandbox.Grains.Tests.Testing;
using Sandbox.Protocol;
using Sandbox.Runtime.Channel;
using static Sandbox.Grains.Tests.Jobs.JobStates;

namespace Sandbox.Grains.Tests.Output;

public sealed class LiveOutputTests
{
    private readonly LiveOutput _output = new(2);

    [Theory]
    [InlineData(OutputStream.Stdout, OutputEventKinds.Stdout)]
    [InlineData(OutputStream.Stderr, OutputEventKinds.Stderr)]
    [InlineData(OutputStream.Result, OutputEventKinds.Result)]
    public void Add_APiece_IsAnEventOfItsAttempt(OutputStream stream, string kind)
    {
        _output.Add(new AgentOutput(7, stream, "x"u8.ToArray()));
        var entry = Assert.Single(_output.Read());
        Assert.Equal((OutputEventIds.Output(2, 7), kind), (entry.Id, entry.Kind));
        Assert.Equal(7, _output.LastSequence);
    }

    [Fact]
    public void Add_BufferOfTheCaller_IsCopied()
    {
        var buffer = "abc"u8.ToArray();
        _output.Add(new AgentOutput(1, OutputStream.Stdout, buffer));
        buffer[0] = (byte)'x';
        Assert.Equal("abc"u8, _output.Read()[0].Data);
    }

    [Fact]
    public async Task Changed_TakenBefore_CompletesWithTheNextPieceOnly()
    {
        var first = _output.Changed;
        Assert.False(first.IsCompleted);
        Add(1, "a");
        await first.WaitAsync(Patience.Token);
        Assert.False(_output.Changed.IsCompleted);
    }

    [Fact]
    public void MarkStored_PiecesThatCameMeanwhile_StayUnstored()
    {
        Add(1, "aa");
        Add(2, "bb");
        var stored = _output.Unstored();
        Add(3, "ccc");
        _output.MarkStored(stored);
        Assert.Equal(["ccc"], Texts(_output.Unstored()));
        Assert.Equal(["aa", "bb", "ccc"], Texts(_output.Read()));
        Assert.Equal(3, _output.UnstoredBytes);
        Assert.True(_output.AnyStored);
    }

    [Fact]
    public void Restore_OfAnEarlierProcess_GoesOnFromItsLastSequence()
    {
        _output.Forgo();
        Assert.False(_output.IsWhole);
        _output.Restore([Piece(2, 1, "a"), Piece(2, 2, "b")]);
        Assert.True(_output.IsWhole);
        Assert.Equal((2L, 0), (_output.LastSequence, _output.UnstoredBytes));
        Add(3, "c");
        Assert.Equal(["c"], Texts(_output.Unstored()));
        Assert.Equal(["a", "b", "c"], Texts(_output.Read()));
    }

    [Fact]
    public async Task Restore_WithAReaderWaiting_WakesIt()
    {
        var changed = _output.Changed;
        _output.Restore([Piece(2, 1, "a")]);
        await changed.WaitAsync(Patience.Token);
    }

    [Fact]
    public void Restore_Nothing_BeginsAtTheBeginning()
    {
        _output.Restore([]);
        Assert.Equal(0, _output.LastSequence);
        Assert.False(_output.AnyStored);
    }

    private void Add(long sequence, string text) => _output.Add(new AgentOutput(sequence, OutputStream.Stdout, Encoding.UTF8.GetBytes(text)));

    private static IEnumerable<string> Texts(IEnumerable<OutputEvent> events) => events.Select(entry => Encoding.UTF8.GetString(entry.Data));
}
