using Sandbox.Protocol;

namespace Sandbox.Egress;

/// <summary>The variables by which programs inside find the way out: those of curl, requests, pip, npm, git, Node and Go.</summary>
public static class EgressEnvironment
{
    private static readonly string Address = $"http://127.0.0.1:{EgressProxy.Port}";

    // Lower case is what curl reads for plain HTTP, upper case what others do. What a program asks of itself is no way out.
    private static readonly KeyValuePair<string, string>[] Variables =
    [
        new("http_proxy", Address),
        new("https_proxy", Address),
        new("HTTP_PROXY", Address),
        new("HTTPS_PROXY", Address),
        new("no_proxy", "localhost,127.0.0.1,::1"),
        new("NO_PROXY", "localhost,127.0.0.1,::1"),
        new("npm_config_proxy", Address),
        new("npm_config_https_proxy", Address),
        // Node's fetch does not read the variables above by itself.
        new("NODE_OPTIONS", "--require /opt/sandbox/kernels/javascript_proxy.js"),
    ];

    /// <summary>An environment with them; what it has itself goes before.</summary>
    public static Dictionary<string, string> With(IReadOnlyDictionary<string, string> environment)
    {
        var result = new Dictionary<string, string>(Variables, StringComparer.Ordinal);
        foreach (var (name, value) in environment)
            result[name] = value;
        return result;
    }
}
