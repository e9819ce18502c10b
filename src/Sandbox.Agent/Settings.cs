using System.Globalization;
using Sandbox.Agent.Channel;
using Sandbox.Agent.Native;

namespace Sandbox.Agent;

/// <summary>What the agent is told by its environment.</summary>
internal static unsafe class Settings
{
    private const uint StandardUser = 1000;

    /// <summary>Reads the token and wipes it from the environment; null where there is none.</summary>
    public static byte[]? TakeToken()
    {
        byte* buffer = stackalloc byte[AgentToken.MostBytes];
        int length = Libc.TakeEnv("SANDBOX_TOKEN", buffer, AgentToken.MostBytes);
        return length > 0 ? new ReadOnlySpan<byte>(buffer, length).ToArray() : null;
    }

    /// <summary>User id, and group id, that programs run as.</summary>
    public static uint User() =>
        uint.TryParse(Environment.GetEnvironmentVariable("SANDBOX_UID"), CultureInfo.InvariantCulture, out uint uid) && uid > 0
            ? uid
            : StandardUser;

    /// <summary>Processes and threads that the user may have at one time; 0 for no limit of the agent's.</summary>
    public static uint Processes()
    {
        const int mostDigits = 16;
        byte* buffer = stackalloc byte[mostDigits];
        int length = Libc.TakeEnv("SANDBOX_PROCESSES", buffer, mostDigits);
        return length > 0 && uint.TryParse(new ReadOnlySpan<byte>(buffer, length), CultureInfo.InvariantCulture, out uint processes) ? processes : 0;
    }
}
