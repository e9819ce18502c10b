namespace Sandbox.Storage.Migrations;

/// <summary>The database cannot be brought to the schema of this program; a person has to decide.</summary>
public sealed class MigrationException(string message, Exception? innerException = null) : Exception(message, innerException);
