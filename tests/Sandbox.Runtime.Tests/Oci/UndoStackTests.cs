namespace Sandbox.Runtime.Tests.Oci;

public sealed class UndoStackTests
{
    private readonly List<string> _done = [];

    [Fact]
    public async Task Dispose_NotCommitted_ReleasesInReverse()
    {
        await using (var undo = new UndoStack())
        {
            undo.Push(() => _done.Add("first"));
            undo.Push(async () =>
            {
                await Task.Yield();
                _done.Add("second");
            });
        }

        Assert.Equal(["second", "first"], _done);
    }

    [Fact]
    public async Task Dispose_Committed_ReleasesNothing()
    {
        await using (var undo = new UndoStack())
        {
            undo.Push(() => _done.Add("first"));
            undo.Commit();
        }

        Assert.Empty(_done);
    }

    [Fact]
    public async Task Dispose_OneReleaseFails_TheOthersStillHappen()
    {
        var undo = new UndoStack();
        undo.Push(() => _done.Add("first"));
        undo.Push(() => throw new IOException("release"));
        undo.Push(() => _done.Add("third"));
        var failure = await Assert.ThrowsAsync<AggregateException>(async () => await undo.DisposeAsync());
        Assert.Equal("release", Assert.Single(failure.InnerExceptions).Message);
        Assert.Equal(["third", "first"], _done);
    }

    [Fact]
    public async Task Dispose_Twice_ReleasesOnce()
    {
        var undo = new UndoStack();
        undo.Push(() => _done.Add("first"));
        await undo.DisposeAsync();
        await undo.DisposeAsync();
        Assert.Single(_done);
    }
}
