namespace Sandbox.Packages.Upstream;

/// <summary>An index could not be asked, or sent something else than it should. The message is for the log, not for sandboxes.</summary>
internal sealed class UpstreamException(string message, Exception? inner = null) : Exception(message, inner);
