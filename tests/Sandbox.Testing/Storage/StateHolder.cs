using System.Diagnostics.CodeAnalysis;
using Orleans;

namespace Sandbox.Testing.Storage;

/// <summary>What a grain's activation holds of its state.</summary>
public sealed class StateHolder<T>(T state, string? etag = null) : IGrainState<T>
{
    [AllowNull]
    public T State { get; set; } = state;

    public string? ETag { get; set; } = etag;

    public bool RecordExists { get; set; }
}
