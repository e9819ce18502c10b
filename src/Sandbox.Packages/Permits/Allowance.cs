using System.Collections.Concurrent;
using System.Collections.Frozen;

namespace Sandbox.Packages.Permits;

/// <summary>What may be served of one ecosystem: what is listed and, where dependencies are permitted, what was declared.</summary>
/// <typeparam name="TRange">A set of versions.</typeparam>
internal sealed class Allowance<TRange>(IEnumerable<(string Name, TRange Range)> listed, bool dependenciesToo)
{
    /// <summary>More names than any program depends on; one that keeps declaring others is not to fill the memory.</summary>
    private const int MaxDeclared = 20_000;

    /// <summary>Packages whose dependencies one sandbox can have looked for.</summary>
    private const int MaxSearched = 2_000;

    private readonly FrozenDictionary<string, TRange[]> _listed = listed
        .GroupBy(entry => entry.Name, entry => entry.Range, StringComparer.Ordinal)
        .ToFrozenDictionary(group => group.Key, group => group.ToArray(), StringComparer.Ordinal);

    private readonly ConcurrentDictionary<string, byte> _declared = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, byte> _searched = new(StringComparer.Ordinal);

    /// <summary>Whether dependencies are permitted, so that it is worth to look for them.</summary>
    public bool DependenciesToo => dependenciesToo;

    /// <summary>Held by whoever looks for dependencies that have not been declared by themselves: a second one waits for what the first finds.</summary>
    public SemaphoreSlim OneSearch { get; } = new(1);

    /// <summary>Whether any version of a package may be served.</summary>
    public bool Names(string name) => _listed.ContainsKey(name) || _declared.ContainsKey(name);

    /// <summary>Whether one version may be served. Where a package is listed, what others declare changes nothing.</summary>
    public bool Allows(string name, Func<TRange, bool> holds) =>
        _listed.TryGetValue(name, out var ranges) ? Array.Exists(ranges, range => holds(range)) : _declared.ContainsKey(name);

    /// <summary>A package that was served depends on others.</summary>
    public void Declare(IEnumerable<string> names)
    {
        if (!dependenciesToo)
            return;
        foreach (var name in names)
        {
            if (_declared.Count >= MaxDeclared)
                return;
            _declared.TryAdd(name, 0);
        }
    }

    /// <summary>Some permitted packages whose dependencies nobody has looked for; none where all have been, or enough.</summary>
    public IReadOnlyList<string> NextToSearch(int most) =>
        [.. _listed.Keys.Concat(_declared.Keys).Where(name => _searched.Count < MaxSearched && _searched.TryAdd(name, 0)).Take(most)];

    /// <summary>Looking for the dependencies of a package has failed.</summary>
    public void SearchAgain(string name) => _searched.TryRemove(name, out _);
}
