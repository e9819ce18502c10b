namespace Sandbox.Grains.Sessions;

/// <summary>What a session whose sandbox was restored with its memory has from the one that was saved.</summary>
/// <param name="Branch">Part of the names of its steps at the agent, which still knows those of the other session.</param>
/// <param name="Kernels">The kernels that were running.</param>
[GenerateSerializer, Immutable, Alias("sandbox.session.origin")]
internal sealed record SessionOrigin([property: Id(0)] string Branch, [property: Id(1)] IReadOnlyList<SavedKernel> Kernels);

/// <summary>A kernel of a session that was saved with its memory.</summary>
/// <param name="Context">Context that it serves.</param>
/// <param name="Language">Its language.</param>
/// <param name="Id">The agent's name of it.</param>
/// <param name="Ended">Whether it has ended, so that the next one serves there.</param>
[GenerateSerializer, Immutable, Alias("sandbox.session.saved_kernel")]
internal sealed record SavedKernel(
    [property: Id(0)] string Context, [property: Id(1)] string Language, [property: Id(2)] string Id, [property: Id(3)] bool Ended);
