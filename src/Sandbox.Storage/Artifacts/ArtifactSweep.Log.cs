using Microsoft.Extensions.Logging;

namespace Sandbox.Storage.Artifacts;

internal sealed partial class ArtifactSweep
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Removed {Files} files that belonged to no artifact.")]
    private static partial void LogSwept(ILogger logger, int files);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The sweep of artifact files failed; it is tried again at the next start.")]
    private static partial void LogSweepFailed(ILogger logger, Exception exception);
}
