using Sandbox.Grains.Abstractions.Policies;

namespace Sandbox.Grains.Policies.Rules;

/// <summary>Ports are reached, and services live, as far as allowed.</summary>
internal sealed class ServicesRule : IPolicyRule
{
    /// <summary>Whether a port may be reached.</summary>
    public static bool Allows(PolicyServices services, int port) => services.Allowed != false && services.Ports?.Contains(port) != false;

    public IEnumerable<PolicyViolation> Check(EffectivePermit permit, PolicyRequest request)
    {
        var services = permit.Services;
        if (request.Port is not null && services.Allowed == false)
            yield return Violation("port", "Policy allows no port to be reached from outside.");
        else if (request.Port is { } port && !Allows(services, port))
            yield return Violation("port", $"Policy does not allow the port {port}.");
        if (request.ServiceSeconds is { } seconds && seconds > services.MaxSeconds)
            yield return Violation("ttlSeconds", FormattableString.Invariant($"Policy allows a service at most {services.MaxSeconds} seconds, not {seconds}."));
        if (request.OtherServices is { } others && others >= services.MaxCount)
            yield return Violation(PolicyViolation.WholeRequest, $"Policy allows {services.MaxCount} services at a time, and so many there are.");
    }

    private static PolicyViolation Violation(string field, string reason) => new("services", field, reason);
}
