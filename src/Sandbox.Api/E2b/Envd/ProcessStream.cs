using System.Globalization;
using System.Text.Json;
using Sandbox.Api.E2b.Routing;
using Sandbox.Api.Http;
using Sandbox.Api.Output;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Api.E2b.Envd;

/// <summary>What a process does, as a stream, until its end. Who leaves does not end the process.</summary>
internal sealed class ProcessStream(LiveSandbox sandbox, CommandView command, FrameWriter frames, TimeProvider time)
{
    // What the program itself did not do.
    private static readonly string[] Lost = [StepCauses.SessionEnded, "node_lost", "sandbox_lost"];

    /// <summary>Whether a cause says that the sandbox was gone before what ran in it.</summary>
    public static bool IsLost(string? cause) => Lost.Contains(cause);

    /// <summary>Tells the start, what comes after an event, and the end.</summary>
    public async Task Run(long after, HttpContext context)
    {
        using var either = ServerSentEvents.Lifetime(context);
        var period = Keepalive.Of(context.Request);
        await frames.Message(WriteStart, either.Token);
        var quietSince = time.GetTimestamp();
        while (true)
        {
            var left = period - time.GetElapsedTime(quietSince);
            var wait = left <= TimeSpan.Zero ? TimeSpan.Zero : left < LongPoll.Round ? left : LongPoll.Round;
            var page = Connect.Value(await sandbox.Commands.ReadCommandEvents(sandbox.Caller, command.Number, after, wait, either.Token));
            foreach (var item in page.Events)
            {
                after = item.Id;
                await Tell(item, either.Token);
            }

            if (page.Events.Count > 0)
                quietSince = time.GetTimestamp();
            if (page.Ended)
                break;
            if (time.GetElapsedTime(quietSince) < period)
                continue;
            await frames.Message(static json => Event(json, "keepalive", static _ => { }), either.Token);
            quietSince = time.GetTimestamp();
        }

        await frames.End(null, either.Token);
    }

    private Task Tell(OutputEvent item, CancellationToken cancellationToken) => item.Kind switch
    {
        OutputEventKinds.Stdout or OutputEventKinds.Stderr => frames.Message(json => WriteData(json, item), cancellationToken),
        OutputEventKinds.End => frames.Message(json => WriteEnd(json, item.Data), cancellationToken),
        _ => Task.CompletedTask,
    };

    private void WriteStart(Utf8JsonWriter json) => Event(json, "start", inner => inner.WriteNumber("pid"u8, command.Number));

    private void WriteData(Utf8JsonWriter json, OutputEvent item) =>
        Event(json, "data", inner => inner.WriteBase64String(command.Terminal is null ? item.Kind : "pty", item.Data));

    private static void WriteEnd(Utf8JsonWriter json, byte[] data)
    {
        using var end = JsonDocument.Parse(data);
        var root = end.RootElement;
        var cause = Text(root, "cause");
        if (IsLost(cause))
            throw new ConnectException(Connect.Unavailable, "The sandbox ended before the process did.");
        var exitCode = root.TryGetProperty("exitCode", out var code) && code.TryGetInt32(out var number) ? number : (int?)null;
        var status = exitCode is { } exit
            ? string.Create(CultureInfo.InvariantCulture, $"exit status {exit}")
            : $"signal: {SignalText.Of(Text(root, "signal"))}";
        Event(json, "end", inner =>
        {
            inner.WriteNumber("exitCode"u8, exitCode ?? -1);
            inner.WriteBoolean("exited"u8, exitCode is not null);
            inner.WriteString("status"u8, status);
            if (exitCode != 0)
                inner.WriteString("error"u8, status);
        });
    }

    private static void Event(Utf8JsonWriter json, string kind, Action<Utf8JsonWriter> write)
    {
        json.WriteStartObject();
        json.WriteStartObject("event"u8);
        json.WriteStartObject(kind);
        write(json);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

/// <summary>How often a stream on which nothing happens says that it is there.</summary>
internal static class Keepalive
{
    private static readonly TimeSpan Default = TimeSpan.FromSeconds(90);

    public static TimeSpan Of(HttpRequest request) =>
        int.TryParse(request.Headers["Keepalive-Ping-Interval"], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 1 and <= 90
            ? TimeSpan.FromSeconds(seconds)
            : Default;
}

/// <summary>Signals as these clients read them.</summary>
internal static class SignalText
{
    public static string Of(string? name) => name switch
    {
        null or "SIGKILL" => "killed",
        "SIGTERM" => "terminated",
        "SIGINT" => "interrupt",
        "SIGHUP" => "hangup",
        "SIGSEGV" => "segmentation fault",
        "SIGABRT" => "aborted",
        _ => name.ToLowerInvariant(),
    };
}
