using Microsoft.Extensions.Logging;

namespace Sandbox.Storage.Sqlite;

internal sealed partial class SqliteWriter
{
    [LoggerMessage(Level = LogLevel.Error, Message = "A commit of {Operations} operations failed; none of them was acknowledged.")]
    private static partial void LogBatchLost(ILogger logger, Exception exception, int operations);
}
