using System.Buffers;
using System.Text;
using Sandbox.Api.Http;

namespace Sandbox.Api.Sandboxes;

/// <summary>Environment variables: names that every shell can read, values that a program can be handed.</summary>
internal static class EnvironmentRules
{
    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");

    /// <summary>Returns the bytes that the entries take.</summary>
    public static long Check(IReadOnlyDictionary<string, string>? env, RequestErrors errors)
    {
        var total = 0L;
        foreach (var (name, value) in env ?? EmptyMaps.OfStrings)
        {
            var bytes = Encoding.UTF8.GetByteCount(name) + Encoding.UTF8.GetByteCount(value) + 1;
            total += bytes + 1;
            if (!IsName(name))
                errors.Add($"env.{name}", $"A name is a letter or _, then letters, digits and _; at most {RequestBounds.VariableName}.");
            if (value.Contains('\0'))
                errors.Add($"env.{name}", "Must not contain NUL.");
            if (bytes > RequestBounds.ArgumentBytes)
                errors.Add($"env.{name}", $"Is longer than {RequestBounds.ArgumentBytes} bytes with its name.");
        }
        return total;
    }

    private static bool IsName(string name) =>
        name.Length is > 0 and <= RequestBounds.VariableName && !char.IsAsciiDigit(name[0]) && !name.AsSpan().ContainsAnyExcept(NameCharacters);
}
