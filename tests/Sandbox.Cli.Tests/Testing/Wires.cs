using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Sandbox.Cli.Tests.Testing;

/// <summary>Texts that a server sends.</summary>
internal static class Wires
{
    public static string Job(string status, string members = "") =>
        $$"""{"id":"job_1","status":"{{status}}",{{members}}{{(members.Length > 0 ? "," : "")}}"limits":{"memoryBytes":536870912,"wallSeconds":30} }""";

    public static string Session(string status, string members = "") =>
        $$"""{"id":"ses_1","status":"{{status}}"{{(members.Length > 0 ? "," : "")}}{{members}}}""";

    public static string Step(string status, string members = "") =>
        $$"""{"id":"ses_1.4","sequence":4,"status":"{{status}}"{{(members.Length > 0 ? "," : "")}}{{members}}}""";

    public static string Stdout(int id, string data) => Event(id, "stdout", data);

    public static string Stderr(int id, string data) => Event(id, "stderr", data);

    public static string End(int id, string data) => Event(id, "end", data);

    public static string Succeeded(int id) => End(id, """{"status":"succeeded","exitCode":0}""");

    public static string Text(string json) => $$"""{"text":{{json}}}""";

    public static string Base64(params byte[] bytes) => $$"""{"base64":"{{Convert.ToBase64String(bytes)}}"}""";

    /// <summary>Sends the parts as an event stream and ends the answer in good order.</summary>
    public static async Task Stream(HttpContext context, params string[] parts)
    {
        context.Response.ContentType = "text/event-stream";
        foreach (var part in parts)
        {
            await context.Response.WriteAsync(part);
            await context.Response.Body.FlushAsync();
        }
    }

    /// <summary>Sends the parts and breaks the connection when they have been read: a reset overtakes what is under way.</summary>
    public static async Task StreamAndBreak(HttpContext context, Task read, params string[] parts)
    {
        await Stream(context, parts);
        await read;
        context.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>().Abort();
    }

    public static string Event(int id, string kind, string data) => $"event: {kind}\nid: {id}\ndata: {data}\n\n";
}
