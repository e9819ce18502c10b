using Sandbox.Api.Tenants;

namespace Sandbox.Api.Dashboard.Layout;

/// <summary>A link of the navigation.</summary>
/// <param name="Section">What pages below it say that they belong to.</param>
/// <param name="Title">Its text.</param>
/// <param name="Path">Where it leads.</param>
/// <param name="Policy">Who sees it: as its page demands.</param>
internal sealed record NavigationItem(string Section, string Title, string Path, string Policy)
{
    /// <summary>All of them, in the order in which they are shown.</summary>
    public static readonly IReadOnlyList<NavigationItem> All =
    [
        new("overview", "Overview", "/dashboard", ApiAuthentication.AnyRole),
        new("jobs", "Jobs", "/dashboard/jobs", ApiAuthentication.Use),
        new("sessions", "Sessions", "/dashboard/sessions", ApiAuthentication.Use),
        new("services", "Services", "/dashboard/services", ApiAuthentication.Use),
        new("workflows", "Workflows", "/dashboard/workflows", ApiAuthentication.Use),
        new("policies", "Policies", "/dashboard/policies", ApiAuthentication.Use),
        new("audit", "Audit", "/dashboard/audit", ApiAuthentication.ReadAudit),
        new("keys", "API keys", "/dashboard/keys", ApiAuthentication.Administer),
        new("tenants", "Tenants", "/dashboard/tenants", ApiAuthentication.Operate),
        new("nodes", "Nodes", "/dashboard/nodes", ApiAuthentication.Operate),
        new("grains", "Grains", "/dashboard/grains", ApiAuthentication.Operate),
    ];
}
