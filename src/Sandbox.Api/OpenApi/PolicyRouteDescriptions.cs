using Microsoft.OpenApi;
using Sandbox.Api.Policies.Requests;
using Sandbox.Grains.Abstractions.Policies;

namespace Sandbox.Api.OpenApi;

/// <summary>What the document says of the routes of policies.</summary>
internal static class PolicyRouteDescriptions
{
    private const string Strict = """
        {
          "languages": ["python"], "isolation": ["strong"],
          "limits": {"memoryBytes": 268435456, "wallSeconds": 30}, "ttl": {"maxSeconds": 3600},
          "egress": {"allow": [{"host": "*.example.org", "ports": [443]}]},
          "packages": {"python": {"allow": ["numpy>=2,<3"]}, "dependencies": "listed"}, "concurrency": 4
        }
        """;

    private static OpenApiSchema Text => new() { Type = JsonSchemaType.String };

    public static void DescribeListPolicies(this RouteHandlerBuilder route) => route
        .Describe("listPolicies", "List policies", "The policies that the tenant has stored, each with its present version, in the order of their names.")
        .WithPages();

    public static void DescribeGetPolicy(this RouteHandlerBuilder route) => route
        .Describe("getPolicy", "Get a policy", "The present version. Until a tenant has stored the policy default, the platform's stands in for it, and this is 404.")
        .WithResponseHeader(200, "ETag", "The version.")
        .Refuses(404);

    public static void DescribePutPolicy(this RouteHandlerBuilder route) => route
        .Describe(
            "putPolicy",
            "Store a policy",
            """
            Stores a new version; for admins and operators. The policy named default applies to jobs and sessions that name none.
            A member that is left out sets no bound of the tenant's own, except that egress, packages and secrets are then closed.
            From the answer on every decision in every process goes by it, and sessions that run under it follow within seconds:
            they live no longer than it allows, and take in nothing that it forbids. The answer is 201 for the first version and 200 for
            every other one.
            """)
        .Accepts<PolicyDocument>("application/json")
        .WithExamples(("strict", "Python under gVisor, in bounds", Strict), ("closed", "The platform's default", "{}"))
        .WithGuards()
        .WithResponseHeader(200, "ETag", "The version.")
        .WithResponseHeader(201, "ETag", "The version.")
        .WithResponseHeader(201, "Location", "Path of the policy.")
        .Refuses(400, 403, 412, 413, 415);

    public static void DescribeRemovePolicy(this RouteHandlerBuilder route) => route
        .Describe(
            "removePolicy",
            "Remove a policy",
            """
            Nothing begins under it any more, not even in sessions that run under it; its versions stay readable, and a policy that is
            stored under the name later has a higher one. Where default is removed, the platform's stands in for it.
            """)
        .WithGuards()
        .Refuses(403, 404, 412);

    public static void DescribeListPolicyVersions(this RouteHandlerBuilder route) => route
        .Describe("listPolicyVersions", "List versions of a policy", "All versions, the last one first, removals included.")
        .WithPages()
        .Refuses(404);

    public static void DescribeGetPolicyVersion(this RouteHandlerBuilder route) => route
        .Describe("getPolicyVersion", "Get a version of a policy", "A version, as the decision of a job or session names it.")
        .Refuses(404);

    public static void DescribeEvaluatePolicy(this RouteHandlerBuilder route) => route
        .Describe(
            "evaluatePolicy",
            "Try a request on a policy",
            """
            What would be decided on a job or session under this policy now, with everything that stands against it, and the limits that
            it would run within. Nothing is started, counted or stored. The policy default can be asked before it is stored.
            """)
        .Accepts<EvaluationRequest>("application/json")
        .WithExamples(("job", "A job", """{"job": {"language": "python", "code": "print(1)", "limits": {"memoryBytes": 1073741824}}}"""))
        .Refuses(400, 404, 413, 415);

    private static RouteHandlerBuilder WithGuards(this RouteHandlerBuilder route) => route
        .WithHeader("If-Match", Text, "ETags of which the present version has to be one, or * for any; else 412.")
        .WithHeader("If-None-Match", Text, "Only *: there must be no such policy; else 412.");
}
