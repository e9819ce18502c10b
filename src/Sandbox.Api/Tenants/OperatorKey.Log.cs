namespace Sandbox.Api.Tenants;

internal sealed partial class OperatorKey
{
    [LoggerMessage(1, LogLevel.Information, "Made an operator key: {Path}.")]
    private static partial void LogCreated(ILogger logger, string path);
}
