using System.Globalization;
using System.Text.Json;
using Sandbox.Api.Http;
using Sandbox.Api.Output;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Api.DynamicSessions;

/// <summary>Steps, as clients of dynamic sessions read them.</summary>
internal static class ExecutionAnswers
{
    private static readonly JsonElement Nothing = JsonElement.Parse("\"\"");

    /// <summary>The id of an execution.</summary>
    public static string IdOf(StepView step) => string.Create(CultureInfo.InvariantCulture, $"{step.SessionId}.{step.Sequence}");

    public static Execution Of(StepView step, string identifier, bool isAsynchronous) => new()
    {
        Id = IdOf(step),
        Identifier = identifier,
        ExecutionType = isAsynchronous ? "Asynchronous" : "Synchronous",
        Status = !step.Ended ? "Running" : step.Status == StepStatus.Succeeded ? "Succeeded" : "Failed",
        Result = step.Ended ? new ExecutionOutput(step.Stdout ?? string.Empty, ErrorOutput(step), ResultOf(step)) : null,
        Error = step.Ended && step.Status != StepStatus.Succeeded ? new ExecutionFailure(step.Cause ?? "error", Reason(step)) : null,
        ExecutionTimeInMilliseconds = Milliseconds(step),
    };

    public static OldExecution OfOld(StepView step) => new(
        step.Status == StepStatus.Succeeded ? "Success" : "Failure", ResultOf(step), step.Stdout ?? string.Empty, ErrorOutput(step), Milliseconds(step));

    /// <summary>The value of the last expression, or else the first image that was shown; an empty text where there is neither.</summary>
    public static JsonElement ResultOf(StepView step)
    {
        if (step.MainResult is { } main && main < step.Results.Count && Value(JsonValue.Parse(step.Results[main])) is { } value)
            return value;
        return step.Results.Select(static result => Image(JsonValue.Parse(result))).FirstOrDefault(static image => image is not null) ?? Nothing;
    }

    private static JsonElement? Value(JsonElement bundle)
    {
        if (bundle.ValueKind != JsonValueKind.Object)
            return null;
        if (Image(bundle) is { } image)
            return image;
        if (bundle.TryGetProperty("application/json", out var json))
            return json;
        return bundle.TryGetProperty("text/plain", out var text) && text.ValueKind == JsonValueKind.String ? Plain(text) : null;
    }

    private static JsonElement? Image(JsonElement bundle) => Image(bundle, "png") ?? Image(bundle, "jpeg");

    private static JsonElement? Image(JsonElement bundle, string format)
    {
        if (bundle.ValueKind != JsonValueKind.Object || !bundle.TryGetProperty($"image/{format}", out var data) || data.ValueKind != JsonValueKind.String)
            return null;
        // The base64 of a kernel may have line breaks.
        var bytes = data.GetString()!.ReplaceLineEndings(string.Empty);
        return JsonSerializer.SerializeToElement(new PooledImage("image", format, bytes), DynamicSessionsJson.Default.PooledImage);
    }

    // The client reads values, where Python shows them as it would write them.
    private static JsonElement Plain(JsonElement shown)
    {
        var text = shown.GetString()!;
        switch (text)
        {
            case "True":
                return JsonElement.Parse("true");
            case "False":
                return JsonElement.Parse("false");
            case "None":
                return JsonElement.Parse("null");
            case ['\'', .., '\''] when !text.Contains('\\', StringComparison.Ordinal):
                return JsonSerializer.SerializeToElement(text[1..^1], ApiJson.Default.String);
        }

        return IsNumber(text) ? JsonElement.Parse(text) : shown;
    }

    private static bool IsNumber(string text)
    {
        if (text.Length is 0 or > 32 || !(char.IsAsciiDigit(text[0]) || text[0] == '-'))
            return false;
        var reader = new Utf8JsonReader(System.Text.Encoding.UTF8.GetBytes(text));
        try
        {
            return reader.Read() && reader.TokenType == JsonTokenType.Number && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    // Clients show what is on this stream, and know of no other place for the reason.
    private static string ErrorOutput(StepView step)
    {
        var stderr = step.Stderr ?? string.Empty;
        if (step.Status == StepStatus.Succeeded)
            return stderr;
        return stderr.Length == 0 || stderr.EndsWith('\n') ? stderr + Reason(step) : $"{stderr}\n{Reason(step)}";
    }

    private static string Reason(StepView step)
    {
        if (step.Error is { } error && StepError.Traceback(JsonValue.Parse(error)) is { Length: > 0 } traceback)
            return traceback;
        return step.Status == StepStatus.TimedOut ? "The code took longer than it may." : $"The code did not succeed: {step.Cause}.";
    }

    private static long Milliseconds(StepView step) =>
        step is { StartedAt: { } began, FinishedAt: { } ended } ? (long)Math.Max(0, (ended - began).TotalMilliseconds) : 0;
}
