using Sandbox.Grains.Abstractions.Quotas;
using Sandbox.Grains.Abstractions.Sandboxes;

namespace Sandbox.Grains.Admission;

/// <summary>Work that wants to run on the node.</summary>
/// <param name="Tenant">Whose it is.</param>
/// <param name="Id">The job.</param>
/// <param name="Limits">What it may use.</param>
internal sealed record AdmissionRequest(string Tenant, string Id, ResourceLimits Limits)
{
    public TenantShare Share => TenantShare.Of(Limits);
}
