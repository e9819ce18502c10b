using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Sandboxes;

namespace Sandbox.Api.Tests.Testing;

/// <summary>An installation with gVisor missing, so that its absence can be seen.</summary>
internal sealed class TestPlatform : IPlatform
{
    public const long MiB = 1024 * 1024;

    public static ResourceLimits Defaults { get; } = new(1, 256 * MiB, 128 * MiB, 64, 30, 1 * MiB);

    public IReadOnlyCollection<string> Languages => ["python", "javascript", "bash"];

    public IReadOnlyCollection<string> AvailableIsolation => ["standard"];

    public ResourceLimits DefaultLimits => Defaults;

    public ResourceLimits DefaultSessionLimits => Defaults with { OutputBytes = MaximumLimits.OutputBytes };

    public ResourceLimits MinimumLimits { get; } = new(0.01, 16 * MiB, 64 * 1024, 1, 0.1, 0);

    public ResourceLimits MaximumLimits { get; } = new(4, 4096 * MiB, 4096 * MiB, 1024, 3600, 64 * MiB);

    public double DefaultTtlSeconds => 3600;

    public double MaximumTtlSeconds => 86400;
}
