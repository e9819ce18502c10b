namespace Sandbox.Grains.Abstractions.Sessions;

/// <summary>Secrets that open one session each. They follow from the key of its tenant and its id: nothing of them is stored.</summary>
public interface ISessionTokens
{
    /// <summary>The secret, 64 lower-case hexadecimal digits; the same whenever it is asked for.</summary>
    /// <param name="tenantId">A tenant that exists.</param>
    /// <param name="session">The session; it need not exist.</param>
    /// <param name="use">What it is for: that of one use opens nothing of another.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<string> Compute(string tenantId, SessionId session, string use, CancellationToken cancellationToken = default);
}
