using System.Runtime.CompilerServices;

namespace Sandbox.Client;

/// <summary>Lists of any length, page after page.</summary>
internal static class Paging
{
    /// <summary>All entries from a cursor on.</summary>
    /// <param name="options">Where to begin, and how large a page is.</param>
    /// <param name="read">Reads the page of these options.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async IAsyncEnumerable<T> Read<TOptions, T>(
        TOptions options, Func<TOptions, CancellationToken, Task<Reply<Page<T>>>> read, [EnumeratorCancellation] CancellationToken cancellationToken)
        where TOptions : ListOptions
    {
        while (true)
        {
            var page = (await read(options, cancellationToken).ConfigureAwait(false)).Value;
            foreach (var item in page.Items)
                yield return item;
            if (page.NextCursor is null)
                yield break;
            options = options with { Cursor = page.NextCursor };
        }
    }

    /// <summary>All entries of a list that has one page only.</summary>
    /// <param name="read">Reads the page.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async IAsyncEnumerable<T> ReadOne<T>(
        Func<CancellationToken, Task<Reply<Page<T>>>> read, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var item in (await read(cancellationToken).ConfigureAwait(false)).Value.Items)
            yield return item;
    }
}
