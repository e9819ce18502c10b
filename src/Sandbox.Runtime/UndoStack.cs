namespace Sandbox.Runtime;

/// <summary>
/// What to do when a start of several steps fails half-way: each acquired thing pushes its release; disposing releases
/// in reverse order, unless <see cref="Commit"/> said that all went well.
/// </summary>
internal sealed class UndoStack : IAsyncDisposable
{
    private readonly Stack<Func<Task>> _actions = new();

    public void Push(Func<Task> action) => _actions.Push(action);

    public void Push(Action action) => _actions.Push(() =>
    {
        action();
        return Task.CompletedTask;
    });

    public void Commit() => _actions.Clear();

    public async ValueTask DisposeAsync()
    {
        List<Exception>? failures = null;
        while (_actions.TryPop(out var action))
        {
            try
            {
                await action();
            }
            catch (Exception e)
            {
                // The rest still has to be released.
                (failures ??= []).Add(e);
            }
        }

        if (failures is not null)
            throw new AggregateException("Releasing after a failed start failed as well.", failures);
    }
}
