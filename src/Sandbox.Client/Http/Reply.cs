namespace Sandbox.Client;

/// <summary>An answer as a value, and as the bytes that it came in, which hold what this library does not know yet as well.</summary>
/// <typeparam name="T">Type of the value.</typeparam>
/// <param name="Value">The answer.</param>
/// <param name="Body">The same, as JSON in UTF-8.</param>
public sealed record Reply<T>(T Value, ReadOnlyMemory<byte> Body)
{
    /// <summary>The value.</summary>
    public static implicit operator T(Reply<T> reply)
    {
        ArgumentNullException.ThrowIfNull(reply);
        return reply.Value;
    }
}
