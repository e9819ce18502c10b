using Microsoft.Extensions.Logging;

namespace Sandbox.Storage.Migrations;

internal sealed partial class MigrateAtStart
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Applied {Steps} migrations to the {Schema} schema.")]
    private static partial void LogMigrated(ILogger logger, string schema, int steps);
}
