using System.Text.Json;
using Sandbox.Runtime;

namespace Sandbox.Grains.Tests.Testing;

/// <summary>What was saved of a scripted sandbox.</summary>
internal sealed class ScriptedImage(Dictionary<string, byte[]> files, string[] running) : SandboxImage
{
    private ScriptedRuntime? _holder;

    public IReadOnlyDictionary<string, byte[]> Files => files;

    /// <summary>Executions that had not ended.</summary>
    public IReadOnlyList<string> Running => running;

    public override long Length => Serialized().Length;

    public static async Task<ScriptedImage> Read(Stream content, CancellationToken cancellationToken)
    {
        var saved = (await JsonSerializer.DeserializeAsync<Saved>(content, cancellationToken: cancellationToken))!;
        return new ScriptedImage(saved.Files, saved.Running);
    }

    /// <summary>Counts among the images of a host until it is disposed of.</summary>
    public ScriptedImage Hold(ScriptedRuntime runtime)
    {
        _holder = runtime;
        runtime.Images++;
        return this;
    }

    public override Stream OpenRead() => new MemoryStream(Serialized());

    public override ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _holder, null) is { } holder)
            holder.Images--;
        return ValueTask.CompletedTask;
    }

    private byte[] Serialized() => JsonSerializer.SerializeToUtf8Bytes(new Saved(files, running));

    private sealed record Saved(Dictionary<string, byte[]> Files, string[] Running);
}
