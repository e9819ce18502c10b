namespace Sandbox.Cli.Server;

/// <summary>A failure of this command or of its use, whose message is for the person at the terminal.</summary>
internal sealed class CliException(string message) : Exception(message);
