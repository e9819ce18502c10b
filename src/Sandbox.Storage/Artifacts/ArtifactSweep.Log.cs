using Microsoft.Extensions.Logging;

namespace Sandbox.Storage.Artifacts;

internal sealed partial class ArtifactSweep
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Removed {Objects} stored objects that belonged to no artifact.")]
    private static partial void LogSwept(ILogger logger, int objects);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A sweep of artifacts failed; it is tried again later.")]
    private static partial void LogSweepFailed(ILogger logger, Exception exception);
}
