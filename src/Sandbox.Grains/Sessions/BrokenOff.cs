using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Grains.Sessions;

/// <summary>What is answered when the way to a session's sandbox breaks off in the middle of something.</summary>
internal static class BrokenOff
{
    /// <summary>How the session ended, where that is why; otherwise what else it was.</summary>
    public static async Task<Refusal> Explain(IGrainFactory grains, Caller caller, string session, Refusal otherwise) =>
        (await grains.GetGrain<ISessionGrain>(session).Get(caller)).Refusal ?? otherwise;
}
