using System.Globalization;
using System.Text.RegularExpressions;

namespace Sandbox.Runtime.Oci.Checkpoints;

/// <summary>An engine that was found to save and restore sandboxes with their memory.</summary>
/// <param name="Engine">The engine.</param>
/// <param name="Version">What it says of itself; images are in the format of their release.</param>
internal sealed partial record MemoryEngine(OciEngine Engine, string Version)
{
    // gVisor commit 0d6cfeafb, "don't check for empty waiter.Queue", is in every release from here on.
    private const int FirstThatSavesTcpWaits = 20230508;

    /// <summary>Whether it saves processes that wait for TCP connections by epoll; releases that do not end the sandbox in the attempt.</summary>
    public bool SavesTcpWaits =>
        Release().Match(Version) is { Success: true, Value: var date } && int.Parse(date, CultureInfo.InvariantCulture) >= FirstThatSavesTcpWaits;

    [GeneratedRegex("20[0-9]{6}")]
    private static partial Regex Release();
}
