using Sandbox.Grains.Abstractions.Quotas;

namespace Sandbox.Api.OpenApi;

/// <summary>What the document says of the routes of quotas and use.</summary>
internal static class QuotaRouteDescriptions
{
    public static void DescribeGetQuotas(this RouteHandlerBuilder route) => route
        .Describe("getQuotas", "Get a tenant's quotas", "What is set for a tenant, and what holds for it all told; for operators.")
        .Refuses(404);

    public static void DescribePutQuotas(this RouteHandlerBuilder route) => route
        .Describe("putQuotas", "Set a tenant's quotas", """
            Sets what a tenant may use, in place of what was set before; members that are left out are as the installation has them. It holds
            from the answer on, in every process: what runs goes on, and nothing more begins beyond a quota. For operators.
            """)
        .Accepts<QuotaOverrides>("application/json")
        .WithExamples(("small", "A small tenant", """{"concurrentSandboxes": 10, "cpu": 8, "memoryBytes": 8589934592, "queuedJobs": 100}"""))
        .Refuses(400, 404, 413, 415);

    public static void DescribeGetUsage(this RouteHandlerBuilder route) => route
        .Describe("getUsage", "Get quotas and use", "What the tenant may use and uses at this moment, in all processes together; for an operator, of the tenant that X-Tenant-Id names.");
}
