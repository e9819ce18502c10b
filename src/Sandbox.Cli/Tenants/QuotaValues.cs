using System.Globalization;
using System.Text.Json;
using Sandbox.Cli.Server;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Tenants;

/// <summary>Quotas as people write and read them: what is in bytes has a name that says so.</summary>
internal static class QuotaValues
{
    private const string InBytes = "Bytes";

    /// <summary>What <c>NAME=VALUE</c> sets.</summary>
    public static (string Name, JsonElement Value) Parse(string text)
    {
        var sign = text.IndexOf('=', StringComparison.Ordinal);
        var (name, value) = sign > 0 ? (text[..sign], text[(sign + 1)..]) : throw new CliException($"'{text}' is not NAME=VALUE.");
        if (name.EndsWith(InBytes, StringComparison.Ordinal) && Units.TryParseBytes(value, out var bytes))
            return (name, JsonElement.Parse(bytes.ToString(CultureInfo.InvariantCulture)));
        return decimal.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? (name, JsonElement.Parse(number.ToString(CultureInfo.InvariantCulture)))
            : throw new CliException($"'{text}' sets no number; write for example cpu=8 or memoryBytes=16G.");
    }

    /// <summary>A value as a person reads it.</summary>
    public static string Show(string name, JsonElement value) =>
        name.EndsWith(InBytes, StringComparison.Ordinal) && value.TryGetInt64(out var bytes) ? Units.Bytes(bytes) : Printable.Line(value.GetRawText());
}
