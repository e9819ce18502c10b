namespace Sandbox.Grains.Output;

/// <summary>
/// Keeps the end of an output that may be endless: so much of it in the store, the newest of that in memory, and no more
/// in a time than the store bears.
/// </summary>
/// <param name="storedBytes">Bytes that the store keeps at least, once there are as many.</param>
/// <param name="pace">What the writers of one session may store together.</param>
internal sealed class OutputWindow(long storedBytes, OutputPace pace)
{
    /// <summary>Bytes in memory, for those who read as it comes.</summary>
    public const int MemoryBytes = 512 * 1024;

    public long StoredBytes => storedBytes;

    public OutputPace Pace => pace;

    /// <summary>What the store may hold before it is trimmed: seldom, because every time costs a look at all of it.</summary>
    public long MostStoredBytes => storedBytes + Math.Max(storedBytes / 4, 1 << 20);
}
