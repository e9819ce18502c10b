using System.Text.Json;

namespace Sandbox.Api.Http;

/// <summary>
/// One JSON object of a request, read member by member. A member of the wrong type is noted under its path and reads
/// as absent, so that one answer names everything that is wrong. An explicit null is the same as leaving it out.
/// </summary>
internal sealed class RequestObject(JsonElement element, string path, RequestErrors errors)
{
    // Read in the place of a wrong item, so that the others keep their index.
    private static readonly JsonElement Empty = JsonElement.Parse("{}");

    private readonly List<string> _known = [];

    /// <summary>Opens the document's root, which has to be an object.</summary>
    public static RequestObject? Open(JsonElement root, RequestErrors errors)
    {
        if (root.ValueKind == JsonValueKind.Object)
            return new RequestObject(root, string.Empty, errors);
        errors.Add("$", "The body must be a JSON object.");
        return null;
    }

    public string? String(string name) => Find(name) is { } value ? ReadString(value, PathOf(name)) : null;

    public double? Number(string name)
    {
        if (Find(name) is not { } value)
            return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number))
            return number;
        errors.Add(PathOf(name), "Must be a number.");
        return null;
    }

    public bool? Boolean(string name)
    {
        if (Find(name) is not { } value)
            return null;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return value.GetBoolean();
        errors.Add(PathOf(name), "Must be true or false.");
        return null;
    }

    public long? Integer(string name)
    {
        if (Find(name) is not { } value)
            return null;
        if (value.ValueKind == JsonValueKind.Number && WholeNumber.TryGet(value, out var number))
            return number;
        errors.Add(PathOf(name), "Must be a whole number.");
        return null;
    }

    /// <summary>A whole number of 32 bits.</summary>
    public int? SmallInteger(string name) => Find(name) is { } value ? ReadSmall(value, PathOf(name)) : null;

    /// <summary>Whole numbers of 32 bits.</summary>
    public IReadOnlyList<int>? SmallIntegers(string name, int most) =>
        Items(name, most) is { } items ? [.. items.EnumerateArray().Select((item, index) => ReadSmall(item, $"{PathOf(name)}[{index}]") ?? 0)] : null;

    /// <summary>A member as it is, where it is an object; for whoever reads it with its own paths.</summary>
    public JsonElement? Element(string name) => Find(name) is { } value && IsObject(value, PathOf(name)) ? value : null;

    /// <summary>Base64, standard alphabet, with padding; white space in it does not count.</summary>
    public byte[]? Bytes(string name)
    {
        if (Find(name) is not { } value)
            return null;
        if (value.ValueKind == JsonValueKind.String && value.TryGetBytesFromBase64(out var bytes))
            return bytes;
        errors.Add(PathOf(name), "Must be a string of base64.");
        return null;
    }

    public IReadOnlyList<string>? Strings(string name, int most)
    {
        if (Items(name, most) is not { } items)
            return null;
        var list = new List<string>(items.GetArrayLength());
        var index = 0;
        foreach (var item in items.EnumerateArray())
        {
            list.Add(ReadString(item, $"{PathOf(name)}[{index++}]") ?? string.Empty);
        }
        return list;
    }

    public IReadOnlyDictionary<string, string>? Map(string name, int most)
    {
        if (Find(name) is not { } value)
            return null;
        if (!IsObject(value, PathOf(name)))
            return null;
        if (value.GetPropertyCount() > most)
        {
            errors.Add(PathOf(name), $"Has more than {most} members.");
            return null;
        }
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var member in value.EnumerateObject())
        {
            if (NameOf(member, PathOf(name)) is { } key && ReadString(member.Value, $"{PathOf(name)}.{key}") is { } text)
                map[key] = text;
        }
        return map;
    }

    public T? Object<T>(string name, Func<RequestObject, T> read)
        where T : class
    {
        if (Find(name) is not { } value || !IsObject(value, PathOf(name)))
            return null;
        return ReadObject(value, PathOf(name), read);
    }

    public IReadOnlyList<T>? Objects<T>(string name, int most, Func<RequestObject, T> read)
        where T : class
    {
        if (Items(name, most) is not { } items)
            return null;
        var list = new List<T>(items.GetArrayLength());
        var index = 0;
        foreach (var item in items.EnumerateArray())
        {
            var at = $"{PathOf(name)}[{index++}]";
            list.Add(ReadObject(IsObject(item, at) ? item : Empty, at, read));
        }
        return list;
    }

    /// <summary>Whether there is a member of this name, which counts as known from then on.</summary>
    public bool Has(string name) => Find(name) is not null;

    /// <summary>Notes every member that nothing asked for. To be called last.</summary>
    public void RefuseUnknown()
    {
        foreach (var member in element.EnumerateObject())
        {
            if (errors.Full)
                return;
            if (NameOf(member, path) is { } name && !_known.Contains(name))
                errors.Add(PathOf(name), "Is not a member that this request has.");
        }
    }

    private T ReadObject<T>(JsonElement value, string at, Func<RequestObject, T> read)
    {
        var inner = new RequestObject(value, at, errors);
        var result = read(inner);
        inner.RefuseUnknown();
        return result;
    }

    private JsonElement? Find(string name)
    {
        _known.Add(name);
        return element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    private JsonElement? Items(string name, int most)
    {
        if (Find(name) is not { } value)
            return null;
        if (value.ValueKind != JsonValueKind.Array)
        {
            errors.Add(PathOf(name), "Must be an array.");
            return null;
        }
        if (value.GetArrayLength() <= most)
            return value;
        errors.Add(PathOf(name), $"Has more than {most} items.");
        return null;
    }

    private bool IsObject(JsonElement value, string at)
    {
        if (value.ValueKind == JsonValueKind.Object)
            return true;
        errors.Add(at, "Must be an object.");
        return false;
    }

    private string? ReadString(JsonElement value, string at)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            errors.Add(at, "Must be a string.");
            return null;
        }
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            errors.Add(at, "Is not valid Unicode.");
            return null;
        }
    }

    private int? ReadSmall(JsonElement value, string at)
    {
        if (value.ValueKind == JsonValueKind.Number && WholeNumber.TryGet(value, out var number) && number is >= int.MinValue and <= int.MaxValue)
            return (int)number;
        errors.Add(at, "Must be a whole number of at most 32 bits.");
        return null;
    }

    private string? NameOf(JsonProperty member, string at)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            errors.Add(at.Length == 0 ? "$" : at, "Has a member name that is not valid Unicode.");
            return null;
        }
    }

    private string PathOf(string name) => path.Length == 0 ? name : $"{path}.{name}";
}
