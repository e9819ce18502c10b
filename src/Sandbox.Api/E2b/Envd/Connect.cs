using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Sandbox.Api.E2b.Routing;
using Sandbox.Api.Http;
using Sandbox.Grains.Abstractions;

namespace Sandbox.Api.E2b.Envd;

/// <summary>An error of the Connect protocol.</summary>
internal sealed record ConnectError(string Code, string Message);

/// <summary>What is wrong with a request, for whoever sent it.</summary>
internal sealed class ConnectException(string code, string message) : Exception(message)
{
    public string Code { get; } = code;
}

/// <summary>The Connect protocol with JSON: one message each way, or one and then a stream of frames.</summary>
internal static class Connect
{
    public const string InvalidArgument = "invalid_argument";
    public const string NotFound = "not_found";
    public const string AlreadyExists = "already_exists";
    public const string FailedPrecondition = "failed_precondition";
    public const string Unauthenticated = "unauthenticated";
    public const string Unimplemented = "unimplemented";
    public const string Unavailable = "unavailable";

    private const string StreamType = "application/connect+json";
    private const int MostBytes = 8 * 1024 * 1024;
    private const int HeadBytes = 5;

    /// <summary>One message and its answer.</summary>
    public static async Task Unary<T>(HttpContext context, JsonTypeInfo<T> type, Func<T, Task> answer)
        where T : class
    {
        if (!RequestBody.IsJson(context.Request))
        {
            context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            context.Response.Headers.Accept = "application/json";
            return;
        }

        try
        {
            await answer(Parse(await ReadAll(context), type));
        }
        catch (ConnectException wrong) when (!context.Response.HasStarted)
        {
            await Refuse(context, wrong.Code, wrong.Message);
        }
    }

    /// <summary>One message and a stream of them. An error is the end of the stream, also where nothing came before.</summary>
    public static async Task Stream<T>(HttpContext context, JsonTypeInfo<T> type, Func<T, FrameWriter, Task> answer)
        where T : class
    {
        if (context.Request.ContentType?.StartsWith(StreamType, StringComparison.OrdinalIgnoreCase) != true)
        {
            context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }

        var body = await ReadAll(context);
        context.Response.ContentType = StreamType;
        var frames = new FrameWriter(context.Response.BodyWriter);
        try
        {
            await answer(Parse(Unframe(body), type), frames);
        }
        catch (ConnectException wrong)
        {
            await frames.End(new ConnectError(wrong.Code, wrong.Message), context.RequestAborted);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client left.
        }
        catch (Exception fault) when (FaultHandler.IsTransient(fault) || fault is OperationCanceledException)
        {
            await frames.End(new ConnectError(Unavailable, "The connection to the sandbox broke off."), context.RequestAborted);
        }
    }

    public static Task Answer<T>(HttpContext context, T message, JsonTypeInfo<T> type) =>
        context.Response.WriteAsJsonAsync(message, type, "application/json", context.RequestAborted);

    public static Task Empty(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync("{}", context.RequestAborted);
    }

    public static Task Refuse(HttpContext context, string code, string message)
    {
        context.Response.StatusCode = StatusOf(code);
        return context.Response.WriteAsJsonAsync(new ConnectError(code, message), E2bJson.Default.ConnectError, "application/json", context.RequestAborted);
    }

    /// <summary>What a grain answered, or its refusal as an error of this protocol.</summary>
    public static T Value<T>(Reply<T> reply)
        where T : class => reply.Value ?? throw Error(reply.Refusal!);

    public static ConnectException Error(Refusal refusal) => new(CodeOf(refusal), refusal.Detail);

    private static string CodeOf(Refusal refusal) => refusal.Code switch
    {
        RefusalCodes.FileExists => AlreadyExists,
        RefusalCodes.FileConflict => InvalidArgument,
        RefusalCodes.CommandInputClosed => FailedPrecondition,
        RefusalCodes.SandboxUnreachable => Unavailable,
        _ => ProblemCodes.Describe(refusal.Code).Status switch
        {
            400 or 422 or 413 => InvalidArgument,
            401 => Unauthenticated,
            403 => "permission_denied",
            404 => NotFound,
            409 or 412 => FailedPrecondition,
            410 or 502 or 503 => Unavailable,
            429 or 507 => "resource_exhausted",
            504 => "deadline_exceeded",
            _ => "unknown",
        },
    };

    private static int StatusOf(string code) => code switch
    {
        InvalidArgument or FailedPrecondition => 400,
        Unauthenticated => 401,
        "permission_denied" => 403,
        NotFound => 404,
        AlreadyExists => 409,
        "resource_exhausted" => 429,
        Unimplemented => 501,
        Unavailable => 503,
        "deadline_exceeded" => 504,
        _ => 500,
    };

    private static async Task<byte[]> ReadAll(HttpContext context)
    {
        using var buffer = new MemoryStream();
        var part = new byte[16 * 1024];
        int read;
        while ((read = await context.Request.Body.ReadAsync(part, context.RequestAborted)) > 0)
        {
            if (buffer.Length + read > MostBytes)
                throw new BadHttpRequestException("The message is too large.", StatusCodes.Status413PayloadTooLarge);
            buffer.Write(part, 0, read);
        }

        return buffer.ToArray();
    }

    private static ReadOnlySpan<byte> Unframe(byte[] body)
    {
        if (body.Length < HeadBytes || BinaryPrimitives.ReadUInt32BigEndian(body.AsSpan(1)) != body.Length - HeadBytes)
            throw new ConnectException(InvalidArgument, "The request is not one frame of the length that it says.");
        return body[0] == 0 ? body.AsSpan(HeadBytes) : throw new ConnectException(InvalidArgument, "The frame is compressed, or no message.");
    }

    private static T Parse<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(json, type) ?? throw new ConnectException(InvalidArgument, "The message is null.");
        }
        catch (JsonException wrong)
        {
            throw new ConnectException(InvalidArgument, $"The message is no JSON of the right form: {wrong.Path ?? "$"}.");
        }
    }
}

/// <summary>Writes the frames of a stream.</summary>
internal sealed class FrameWriter(System.IO.Pipelines.PipeWriter output)
{
    private const byte EndOfStream = 2;

    public Task Message<T>(T message, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        Write(0, JsonSerializer.SerializeToUtf8Bytes(message, type), cancellationToken);

    /// <summary>A message that is written by hand.</summary>
    public Task Message(Action<Utf8JsonWriter> write, CancellationToken cancellationToken)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
            write(json);
        return Write(0, buffer.WrittenMemory, cancellationToken);
    }

    /// <summary>The last frame; with an error where it ends by one.</summary>
    public Task End(ConnectError? error, CancellationToken cancellationToken)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (error is not null)
            {
                json.WritePropertyName("error"u8);
                JsonSerializer.Serialize(json, error, E2bJson.Default.ConnectError);
            }

            json.WriteEndObject();
        }

        return Write(EndOfStream, buffer.WrittenMemory, cancellationToken);
    }

    private async Task Write(byte flags, ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        Head(flags, json.Length);
        output.Write(json.Span);
        await output.FlushAsync(cancellationToken);
    }

    private void Head(byte flags, int length)
    {
        var head = output.GetSpan(5);
        head[0] = flags;
        BinaryPrimitives.WriteInt32BigEndian(head[1..], length);
        output.Advance(5);
    }
}
