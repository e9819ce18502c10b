namespace Sandbox.Bench;

/// <summary>Something that cannot be measured; the message says to the user why.</summary>
internal sealed class BenchException(string message, Exception? inner = null) : Exception(message, inner);
