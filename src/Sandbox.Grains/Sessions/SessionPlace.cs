using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Quotas;

namespace Sandbox.Grains.Sessions;

/// <summary>
/// A place among the live sessions, or why there is none. Disposed when the session is durable or has come to nothing: until then it
/// counts against its tenant's quotas by this.
/// </summary>
internal sealed class SessionPlace(Refusal? refusal, QuotaBound? bound, Action? settled) : IDisposable
{
    public Refusal? Refusal => refusal;

    /// <summary>What the session has to stay within when it is written.</summary>
    public QuotaBound? Bound => bound;

    public void Dispose() => settled?.Invoke();
}
