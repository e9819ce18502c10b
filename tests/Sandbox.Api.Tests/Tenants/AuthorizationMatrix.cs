using System.Text.RegularExpressions;

namespace Sandbox.Api.Tests.Tenants;

/// <summary>One line of <c>AuthorizationMatrix.txt</c>.</summary>
internal sealed record MatrixEntry(string Method, string Path, string Roles, string Foreign, string? Body)
{
    public bool IsOpen => Roles == "*";

    public bool Allows(int role) => Roles[role] != '-';
}

/// <summary>The table of who may call what.</summary>
internal static partial class AuthorizationMatrix
{
    public static IReadOnlyList<MatrixEntry> Read(string name = "AuthorizationMatrix.txt")
    {
        using var reader = new StreamReader(typeof(AuthorizationMatrix).Assembly.GetManifestResourceStream(name)!);
        return [.. reader.ReadToEnd().Split('\n').Where(static line => line.Length > 0 && line[0] != '#').Select(Parse)];
    }

    private static MatrixEntry Parse(string line)
    {
        var match = Line().Match(line);
        Assert.True(match.Success, line);
        var body = match.Groups["body"].Value.Trim();
        return new MatrixEntry(match.Groups["method"].Value, match.Groups["path"].Value, match.Groups["roles"].Value, match.Groups["foreign"].Value, body.Length > 0 ? body : null);
    }

    [GeneratedRegex(@"^(?<method>[A-Z]+)\s+(?<path>/\S+)\s+(?<roles>\*|[oamu-]{4})\s+(?<foreign>404|apart|own|shared|-)(?<body>.*)$")]
    private static partial Regex Line();
}
