namespace Sandbox.Runtime.Oci.Checkpoints;

/// <summary>How long an engine is waited for that reads or writes an image.</summary>
internal static class ImageTimeout
{
    // The slowest, on a host under load.
    private const long LeastBytesPerSecond = 4L << 20;

    public static TimeSpan Of(RuntimeOptions options, long bytes) => TimeSpan.FromSeconds(options.StartTimeoutSeconds + ((double)bytes / LeastBytesPerSecond));
}
