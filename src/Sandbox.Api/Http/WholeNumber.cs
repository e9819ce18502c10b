using System.Text.Json;

namespace Sandbox.Api.Http;

/// <summary>Whole numbers of a request, however they are written.</summary>
internal static class WholeNumber
{
    /// <summary>512e6 and 1024.0 are whole numbers too: some languages write them so.</summary>
    public static bool TryGet(JsonElement value, out long number)
    {
        if (value.TryGetInt64(out number))
            return true;
        if (!value.TryGetDecimal(out var exact) || decimal.Truncate(exact) != exact || exact is < long.MinValue or > long.MaxValue)
            return false;
        number = (long)exact;
        return true;
    }
}
