namespace Sandbox.Grains.Audit;

/// <summary>More about an event: what is null is left out.</summary>
internal static class AuditDetails
{
    public static IReadOnlyList<KeyValuePair<string, string>> Of(params ReadOnlySpan<(string Name, string? Value)> details)
    {
        var set = new List<KeyValuePair<string, string>>(details.Length);
        foreach (var (name, value) in details)
        {
            if (value is not null)
                set.Add(new KeyValuePair<string, string>(name, value));
        }

        return set;
    }
}
