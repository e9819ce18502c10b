using System.Buffers;
using System.Text.Json;
using ModelContextProtocol.Protocol;
using Sandbox.Api.Http;
using Sandbox.Api.Tenants;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Mcp.Calls;

/// <summary>One call of a tool. Arguments are read as strictly as the bodies of REST requests.</summary>
internal sealed class ToolCall
{
    private readonly IDictionary<string, JsonElement> _arguments;

    public ToolCall(HttpContext http, IDictionary<string, JsonElement>? arguments, ProgressTeller? progress, CancellationToken cancelled)
    {
        (Http, Caller, _arguments, Progress, Cancelled) = (http, http.Caller, arguments ?? new Dictionary<string, JsonElement>(), progress, cancelled);
        Arguments = new RequestObject(Without(), string.Empty, Errors);
    }

    /// <summary>The request that it came with.</summary>
    public HttpContext Http { get; }

    /// <summary>Who calls.</summary>
    public Caller Caller { get; }

    /// <summary>The arguments.</summary>
    public RequestObject Arguments { get; }

    /// <summary>What is wrong with them.</summary>
    public RequestErrors Errors { get; } = new();

    /// <summary>Takes word of how far it is; null where nobody wants it.</summary>
    public ProgressTeller? Progress { get; }

    /// <summary>The caller does not want it any more.</summary>
    public CancellationToken Cancelled { get; }

    /// <summary>The arguments but for these, as a document that a reader of REST requests takes.</summary>
    public JsonElement Without(params ReadOnlySpan<string> names)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in _arguments)
            {
                if (names.Contains(name))
                    continue;
                writer.WritePropertyName(name);
                value.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        return JsonElement.Parse(buffer.WrittenSpan);
    }

    /// <summary>A text that has to be there; empty where it is noted as missing.</summary>
    public string Required(string name)
    {
        var text = Arguments.String(name);
        if (string.IsNullOrEmpty(text) && !Errors.Has(name))
            Errors.Add(name, "Is required.");
        return text ?? string.Empty;
    }

    /// <summary>A whole number within bounds.</summary>
    public long Integer(string name, long least, long most, long otherwise)
    {
        var number = Arguments.Integer(name);
        if (number is null || (number >= least && number <= most))
            return number ?? otherwise;
        Errors.Add(name, $"Must be from {least} to {most}.");
        return otherwise;
    }

    /// <summary>A whole number that has to be there.</summary>
    public long RequiredInteger(string name)
    {
        var number = Integer(name, 0, long.MaxValue, -1);
        if (number < 0 && !Errors.Has(name))
            Errors.Add(name, "Is required.");
        return number;
    }

    /// <summary>How long to wait for an end.</summary>
    public TimeSpan Wait(double otherwise = ToolBounds.DefaultWaitSeconds)
    {
        var seconds = Arguments.Number("waitSeconds") ?? otherwise;
        if (seconds is >= 0 and <= ToolBounds.LongestWaitSeconds)
            return TimeSpan.FromSeconds(seconds);
        Errors.Add("waitSeconds", $"Must be from 0 to {ToolBounds.LongestWaitSeconds}.");
        return TimeSpan.Zero;
    }

    /// <summary>The place that a list goes on after; null where it begins.</summary>
    public T? Cursor<T>(Func<(DateTimeOffset CreatedAt, string Id), T?> read)
        where T : class
    {
        if (Arguments.String("cursor") is not { } text)
            return null;
        if (CursorText.Read(text) is { } place && read(place) is { } cursor)
            return cursor;
        Errors.Add("cursor", "Is not a cursor that a list answered with.");
        return null;
    }

    /// <summary>The number that a list goes on after.</summary>
    public long NumberCursor()
    {
        if (Arguments.String("cursor") is not { } text)
            return 0;
        if (long.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number))
            return number;
        Errors.Add("cursor", "Is not a cursor that a list answered with.");
        return 0;
    }

    /// <summary>How many items a page has.</summary>
    public int PageSize() => (int)Integer("limit", 1, ToolBounds.LargestPage, ToolBounds.DefaultPage);

    /// <summary>The answer to arguments that are wrong, or not known; null where there are none. To be asked after all have been read.</summary>
    public CallToolResult? Wrong()
    {
        Arguments.RefuseUnknown();
        return WrongPart();
    }

    /// <summary>As <see cref="Wrong"/>, where a reader of REST requests has read a part, and refused what it does not know.</summary>
    public CallToolResult? WrongPart() => Errors.Any ? ToolAnswer.Refuse(ProblemResult.From(Errors)) : null;
}

/// <summary>Bounds of what tools take and answer with: a model has to read it.</summary>
internal static class ToolBounds
{
    public const double DefaultWaitSeconds = 50;
    public const double LongestWaitSeconds = 600;
    public const int DefaultPage = 20;
    public const int LargestPage = 100;

    /// <summary>Characters of each output stream in an answer.</summary>
    public const int OutputCharacters = 32 * 1024;

    /// <summary>Characters of one thing that a step showed.</summary>
    public const int ResultCharacters = 32 * 1024;

    /// <summary>Most things that a step showed, in an answer.</summary>
    public const int Results = 100;

    /// <summary>Characters of all that a step showed, images apart.</summary>
    public const int AllResultCharacters = 256 * 1024;

    /// <summary>Longest MIME type of something that a step showed.</summary>
    public const int TypeCharacters = 200;

    /// <summary>Most images in an answer.</summary>
    public const int Images = 8;

    /// <summary>Most characters of base64 of all images of an answer.</summary>
    public const int ImageCharacters = 8 * 1024 * 1024;

    /// <summary>Bytes of a file or log in an answer, where nothing else is asked for.</summary>
    public const int DefaultPart = 64 * 1024;

    /// <summary>Most bytes of a file or log in an answer.</summary>
    public const int LargestPart = 1024 * 1024;

    /// <summary>Largest resource that is read whole.</summary>
    public const int LargestResource = 4 * 1024 * 1024;
}
