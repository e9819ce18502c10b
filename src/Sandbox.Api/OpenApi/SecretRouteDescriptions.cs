using Sandbox.Api.Secrets.Requests;

namespace Sandbox.Api.OpenApi;

/// <summary>What the document says of the routes of secrets.</summary>
internal static class SecretRouteDescriptions
{
    public static void DescribeListSecrets(this RouteHandlerBuilder route) => route
        .Describe("listSecrets", "List secrets", "The tenant's secrets in the order of their names, without values.")
        .WithPages();

    public static void DescribeGetSecret(this RouteHandlerBuilder route) => route
        .Describe("getSecret", "Get a secret", "What is known of a secret. Its value is never told.")
        .Refuses(404);

    public static void DescribePutSecret(this RouteHandlerBuilder route) => route
        .Describe(
            "putSecret",
            "Store a secret",
            """
            Stores a value, encrypted, as a new version; for admins and operators. Jobs and sessions get it where they name it (secrets) and
            their policy allows it: as a variable of its name; as a file in memory, whose path is in the variable NAME_FILE; or, as a header,
            not at all: it is set in the requests for http:// addresses of the named hosts, which are sent on with TLS. The answer is 201 for
            the first version and 200 for every other one. What starts from then on gets the new value.
            """)
        .Accepts<SecretRequest>("application/json")
        .WithExamples(
            ("variable", "A variable of the environment", """{"value": "postgres://app:n0t-this@db.internal/app"}"""),
            ("file", "A file", """{"valueBase64": "c29tZSBieXRlcyB0aGF0IGFyZSBhIGtleQ==", "as": "file"}"""),
            ("header", "A header that the sandbox never sees", """{"value": "sk-0123456789abcdef", "hosts": ["api.example.com"], "header": "Authorization: Bearer {}"}"""))
        .WithResponseHeader(201, "Location", "Path of the secret.")
        .Refuses(400, 403, 409, 413, 415);

    public static void DescribeRemoveSecret(this RouteHandlerBuilder route) => route
        .Describe(
            "removeSecret",
            "Remove a secret",
            "Its versions and their keys are destroyed. What starts from then on does not get it; a program that has it keeps it.")
        .Refuses(403, 404);
}
