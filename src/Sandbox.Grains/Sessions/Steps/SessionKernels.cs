using System.Collections.Concurrent;
using Sandbox.Runtime.Languages;

namespace Sandbox.Grains.Sessions.Steps;

/// <summary>
/// Which kernel serves a language in a context: one each, by the agent's name. When one has ended, the next step there
/// gets another of the next generation. Names are told apart by their parts, so that a later process makes the same ones.
/// </summary>
internal sealed class SessionKernels(string language)
{
    public const string DefaultContext = "default";

    private readonly ConcurrentDictionary<(string Context, string Language), int> _generations = new();
    private readonly ConcurrentDictionary<string, byte> _used = new();
    private readonly ConcurrentDictionary<(string Context, string Language), byte> _living = new();

    /// <summary>The kernel that the next step there runs on.</summary>
    public SessionKernel Current(string context, string kernelLanguage) =>
        Of(context, kernelLanguage, _generations.GetValueOrDefault((context, kernelLanguage)));

    /// <summary>A kernel has ended: from now on another one serves there. Without effect when that is known already.</summary>
    public SessionKernel Replace(SessionKernel ended)
    {
        if (Current(ended.Context, ended.Language).Generation == ended.Generation)
            _living.TryRemove((ended.Context, ended.Language), out _);
        var next = _generations.AddOrUpdate(
            (ended.Context, ended.Language), ended.Generation + 1, (_, known) => Math.Max(known, ended.Generation + 1));
        return Of(ended.Context, ended.Language, next);
    }

    /// <summary>True for the first step on a kernel that replaced one which had ended.</summary>
    public bool IsFresh(SessionKernel kernel)
    {
        _living[(kernel.Context, kernel.Language)] = 0;
        return _used.TryAdd(kernel.Id, 0) && kernel.Generation > 0;
    }

    /// <summary>Of so many languages and contexts a kernel has ended: their names are never given again, and so remembered.</summary>
    public int Ended => _generations.Count;

    /// <summary>Whether a kernel that steps have used serves a context.</summary>
    public bool LivesIn(string context) => _living.Keys.Any(living => living.Context == context);

    /// <summary>Takes up what the record of a step of an earlier process says.</summary>
    public void Restore(string context, string kernelLanguage, string kernel, bool ended)
    {
        var dash = kernel.LastIndexOf('-');
        var generation = dash > 0 && int.TryParse(kernel.AsSpan(dash + 1), out var number) ? number : 0;
        _generations[(context, kernelLanguage)] = ended ? generation + 1 : generation;
        _used[kernel] = 0;
        if (!ended)
            _living[(context, kernelLanguage)] = 0;
    }

    /// <summary>Takes up the kernels of a sandbox that was restored with its memory.</summary>
    public void Restore(IEnumerable<SavedKernel> saved)
    {
        foreach (var kernel in saved)
            Restore(kernel.Context, kernel.Language, kernel.Id, kernel.Ended);
    }

    /// <summary>What whoever restores the sandbox with its memory has to know: only names that do not follow from the rule.</summary>
    public IReadOnlyList<SavedKernel> Save() =>
    [
        .. _generations.Where(entry => entry.Value > 0).Select(entry =>
        {
            var current = Of(entry.Key.Context, entry.Key.Language, entry.Value);
            // One that nobody has used yet begins fresh there as here.
            return _used.ContainsKey(current.Id)
                ? new SavedKernel(current.Context, current.Language, current.Id, Ended: false)
                : new SavedKernel(current.Context, current.Language, Of(current.Context, current.Language, entry.Value - 1).Id, Ended: true);
        }),
    ];

    // The pool has started the kernel of the session's language already; it is generation 0 of the default context.
    private SessionKernel Of(string context, string kernelLanguage, int generation)
    {
        var waiting = generation == 0 && context == DefaultContext && kernelLanguage == language;
        return new SessionKernel(
            waiting ? KernelStarter.KernelId : $"{kernelLanguage}-{context}-{generation}", context, kernelLanguage, generation, waiting);
    }
}

/// <summary>A kernel of a session.</summary>
/// <param name="Id">The agent's name of it.</param>
/// <param name="Context">Context that it serves.</param>
/// <param name="Language">Its language.</param>
/// <param name="Generation">From 0, one more for each that ended before it.</param>
/// <param name="Waiting">Whether the pool has started it.</param>
internal sealed record SessionKernel(string Id, string Context, string Language, int Generation, bool Waiting);
