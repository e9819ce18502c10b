using System.Text.Json;

namespace Sandbox.Api.E2b.Sandboxes;

/// <summary>What a request says of the network of a sandbox.</summary>
internal static class NetworkRules
{
    private static readonly string[] Egress = ["allowOut", "denyOut", "rules", "egressProxy", "maskRequestHost", "httpsPorts"];

    /// <summary>
    /// Whether it asks for anything that is not so anyway. That nobody reaches a port without the sandbox's token is so always, whatever
    /// <c>allowPublicTraffic</c> says.
    /// </summary>
    public static bool Asks(JsonElement network) => Egress.Any(name => network.TryGetProperty(name, out var value) && value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => false,
        JsonValueKind.Array => value.GetArrayLength() > 0,
        JsonValueKind.Object => value.EnumerateObject().Any(),
        _ => true,
    });
}
