using Sandbox.Cli.Server;

namespace Sandbox.Cli.Commands;

/// <summary>Reads repeated <c>KEY=VALUE</c> options; the last one of a key wins.</summary>
internal static class KeyValues
{
    public static IReadOnlyDictionary<string, string>? Parse(string[]? options)
    {
        if (options is null or [])
            return null;
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var option in options)
        {
            var sign = option.IndexOf('=', StringComparison.Ordinal);
            if (sign <= 0)
                throw new CliException($"'{option}' is not KEY=VALUE.");
            pairs[option[..sign]] = option[(sign + 1)..];
        }

        return pairs;
    }
}
