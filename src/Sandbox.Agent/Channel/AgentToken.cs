using System.Security.Cryptography;
using System.Text;

namespace Sandbox.Agent.Channel;

/// <summary>What a host must know to be served. A sandbox that was restored is given another one: of two from one image, neither knows the other's.</summary>
internal sealed class AgentToken(byte[] token)
{
    /// <summary>Longest token, in bytes.</summary>
    public const int MostBytes = 1024;

    private volatile byte[] current = token;

    public bool IsKnown(string? text) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(text ?? ""), current);

    public void Replace(byte[] next) => current = next;
}
