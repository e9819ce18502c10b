using System.Buffers;
using System.Text.Json;
using Sandbox.Api.E2b.Routing;
using Sandbox.Api.Http;
using Sandbox.Api.Output;
using Sandbox.Grains.Abstractions.Output;

namespace Sandbox.Api.E2b.Interpreter;

/// <summary>
/// What a step does, a line of JSON for each: until its end. Neighbouring pieces of one stream become one line, but wait for no more than a
/// moment.
/// </summary>
internal sealed class CodeStream(LiveSandbox sandbox, long sequence, TimeProvider time)
{
    private static readonly TimeSpan Keepalive = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(100);

    private readonly ArrayBufferWriter<byte> _lines = new();
    private readonly CodeOutput _output = new(time);
    private bool _hasError;
    private bool _isLost;

    /// <summary>Tells an error of code that did not come so far as to run.</summary>
    public async Task Fail(HttpContext context, CodeError error)
    {
        Begin(context);
        Line("error", json => Write(json, error));
        Line("end_of_execution", static _ => { });
        await Send(context, context.RequestAborted);
    }

    /// <summary>Tells what happens, to the end.</summary>
    public async Task Run(HttpContext context)
    {
        using var either = ServerSentEvents.Lifetime(context);
        Begin(context);
        var after = 0L;
        var quietSince = time.GetTimestamp();
        while (true)
        {
            var reply = await sandbox.Grain.ReadStepEvents(sandbox.Caller, sequence, after, _output.IsEmpty ? Left(quietSince) : LeftOf(Moment, _output.Age), either.Token);
            if (reply.Value is not { } page)
            {
                // It was removed with its session: the client looks whether the sandbox is there, and finds that it is not.
                context.Abort();
                return;
            }

            foreach (var item in page.Events)
                Tell(item);
            if (_isLost)
            {
                // As where a connection breaks: the client looks whether the sandbox is there.
                context.Abort();
                return;
            }

            after = page.Events.Count > 0 ? page.Events[^1].Id : after;
            if (page.Events.Count == 0 || page.Ended || _output.Age >= Moment)
                FlushOutput();
            if (page.Events.Count == 0 && _lines.WrittenCount == 0 && time.GetElapsedTime(quietSince) >= Keepalive)
                Line("keepalive", static _ => { });
            if (page.Ended)
                Line("end_of_execution", static _ => { });
            if (await Send(context, either.Token))
                quietSince = time.GetTimestamp();
            if (page.Ended)
                return;
        }
    }

    private void Begin(HttpContext context)
    {
        context.Response.ContentType = "application/x-ndjson";
        Line("number_of_executions", json => json.WriteNumber("execution_count"u8, sequence));
    }

    private static void Write(Utf8JsonWriter json, CodeError error)
    {
        json.WriteString("name"u8, error.Name);
        json.WriteString("value"u8, error.Value);
        json.WriteString("traceback"u8, $"{error.Name}: {error.Value}");
    }

    private TimeSpan Left(long quietSince) => LeftOf(Keepalive, time.GetElapsedTime(quietSince));

    private static TimeSpan LeftOf(TimeSpan whole, TimeSpan gone) => whole > gone ? whole - gone : TimeSpan.Zero;

    private async ValueTask<bool> Send(HttpContext context, CancellationToken cancellationToken)
    {
        if (_lines.WrittenCount == 0)
            return false;
        await context.Response.BodyWriter.WriteAsync(_lines.WrittenMemory, cancellationToken);
        _lines.ResetWrittenCount();
        return true;
    }

    private void Tell(OutputEvent item)
    {
        if (item.Kind is OutputEventKinds.Stdout or OutputEventKinds.Stderr)
        {
            if (!_output.Takes(item.Kind))
                FlushOutput();
            _output.Add(item.Kind, item.Data);
            return;
        }

        if (item.Kind is OutputEventKinds.Status)
            return;
        FlushOutput();
        switch (item.Kind)
        {
            case OutputEventKinds.Display or OutputEventKinds.Result:
                Line("result", json => CodeResults.Write(json, JsonValue.Parse(item.Data), isMain: item.Kind == OutputEventKinds.Result));
                break;
            case OutputEventKinds.Error:
                _hasError = true;
                Line("error", json => CodeResults.WriteError(json, JsonValue.Parse(item.Data)));
                break;
            case OutputEventKinds.End:
                TellEnd(JsonValue.Parse(item.Data));
                break;
        }
    }

    // What ended it without the code having said so.
    private void TellEnd(JsonElement end)
    {
        var status = CodeResults.Text(end, "status");
        if (_hasError || status is "succeeded")
            return;
        var cause = CodeResults.Text(end, "cause") ?? status ?? "failed";
        _isLost = Envd.ProcessStream.IsLost(cause);
        var kept = end.TryGetProperty("kernelEnded", out _) ? " The context has lost its state." : string.Empty;
        Line("error", json => Write(json, new CodeError("ExecutionError", $"The execution ended: {cause}.{kept}")));
    }

    private void FlushOutput()
    {
        if (_output.Take() is not var (kind, text) || text.Length == 0)
            return;
        Line(kind, json =>
        {
            json.WriteString("text"u8, text);
            json.WriteString("timestamp"u8, time.GetUtcNow().UtcDateTime);
        });
    }

    // Everything but ASCII is escaped: see E2bJson.
    private void Line(string type, Action<Utf8JsonWriter> write)
    {
        using (var json = new Utf8JsonWriter(_lines))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, type);
            write(json);
            json.WriteEndObject();
        }

        _lines.Write("\n"u8);
    }
}
