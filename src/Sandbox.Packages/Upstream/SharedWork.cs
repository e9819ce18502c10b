using System.Collections.Concurrent;

namespace Sandbox.Packages.Upstream;

/// <summary>Work that several want at one time is done once. It goes on when the one who began it is gone.</summary>
internal sealed class SharedWork<TKey, TResult>
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, Lazy<Task<TResult>>> _open = new();

    /// <summary>Joins the work, or begins it.</summary>
    public Task<TResult> Run(TKey key, Func<Task<TResult>> work, CancellationToken cancellationToken)
    {
        Lazy<Task<TResult>>? mine = null;
        mine = new Lazy<Task<TResult>>(() => Task.Run(async () =>
        {
            try
            {
                return await work();
            }
            finally
            {
                _open.TryRemove(KeyValuePair.Create(key, mine!));
            }
        }));
        return _open.GetOrAdd(key, mine).Value.WaitAsync(cancellationToken);
    }
}
