using Microsoft.Extensions.Options;
using Sandbox.Grains.Abstractions.Policies;

namespace Sandbox.Grains.Policies.Opa;

/// <summary>What an Open Policy Agent has against a request that no other rule is against: asked by the installation's path, and by the policy's.</summary>
internal sealed class OpaRule(OpaClient client, IOptions<OpaOptions> options)
{
    private const string Name = "opa";

    /// <summary>Everything that it forbids; nothing where it is not to be asked.</summary>
    /// <param name="permit">The permit, which may name a path.</param>
    /// <param name="question">Makes the body of the question.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<IReadOnlyList<PolicyViolation>> Check(EffectivePermit permit, Func<byte[]> question, CancellationToken cancellationToken)
    {
        string[] paths = [.. new[] { options.Value.Path, permit.OpaPath }.OfType<string>().Distinct(StringComparer.Ordinal)];
        if (paths.Length == 0)
            return [];
        var body = question();
        var violations = new List<PolicyViolation>();
        foreach (var path in paths)
        {
            if (await client.Ask(path, body, cancellationToken) is { Allow: false } no)
                violations.Add(new PolicyViolation(Name, PolicyViolation.WholeRequest, no.Reason!));
        }

        return violations;
    }
}
