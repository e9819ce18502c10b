using System.Net.Http.Json;
using System.Net.WebSockets;
using Sandbox.Cli.Client;

namespace Sandbox.Cli.Sessions;

/// <summary>The calls about sessions and their steps.</summary>
internal sealed class SessionCalls(ApiClient api)
{
    private const int PollSeconds = 30;

    /// <summary>Makes a session. One idempotency key serves every try, so a lost answer cannot make a second one.</summary>
    public Task<Reply<Session>> Create(SessionRequest request, CancellationToken cancellationToken)
    {
        var key = Guid.NewGuid().ToString("N");
        return api.Call(Create, Wire.Default.Session, cancellationToken);

        HttpRequestMessage Create() => new(HttpMethod.Post, "v1/sessions")
        {
            Headers = { { "Idempotency-Key", key } },
            Content = JsonContent.Create(request, Wire.Default.SessionRequest),
        };
    }

    public Task<Reply<SessionPage>> List(string query, CancellationToken cancellationToken) =>
        api.Call(() => new(HttpMethod.Get, "v1/sessions" + query), Wire.Default.SessionPage, cancellationToken);

    public Task<Reply<Session>> Get(string id, CancellationToken cancellationToken) =>
        api.Call(() => new(HttpMethod.Get, PathOf(id)), Wire.Default.Session, cancellationToken);

    public Task<Reply<Session>> Pause(string id, CancellationToken cancellationToken) =>
        api.Call(() => new(HttpMethod.Post, PathOf(id) + "/pause"), Wire.Default.Session, cancellationToken);

    /// <summary>Pauses to disk, where it uses no memory.</summary>
    public Task<Reply<Session>> Suspend(string id, CancellationToken cancellationToken) => api.Call(
        () => new(HttpMethod.Post, PathOf(id) + "/pause") { Content = JsonContent.Create(new PauseRequest("disk"), Wire.Default.PauseRequest) },
        Wire.Default.Session,
        cancellationToken);

    public Task<Reply<Session>> Resume(string id, CancellationToken cancellationToken) =>
        api.Call(() => new(HttpMethod.Post, PathOf(id) + "/resume"), Wire.Default.Session, cancellationToken);

    public Task<Reply<Session>> Change(string id, SessionChange change, CancellationToken cancellationToken) => api.Call(
        () => new(HttpMethod.Patch, PathOf(id)) { Content = JsonContent.Create(change, Wire.Default.SessionChange) },
        Wire.Default.Session,
        cancellationToken);

    public async Task End(string id, CancellationToken cancellationToken)
    {
        using var response = await api.Send(() => new(HttpMethod.Delete, PathOf(id)), cancellationToken);
    }

    /// <summary>Starts a step and does not wait for it. However often it has to be sent, it runs once.</summary>
    public Task<Reply<Step>> Start(string id, StepRequest request, CancellationToken cancellationToken)
    {
        var key = Guid.NewGuid().ToString("N");
        return api.Call(Create, Wire.Default.Step, cancellationToken);

        HttpRequestMessage Create() => new(HttpMethod.Post, PathOf(id) + "/steps?wait=0")
        {
            Headers = { { "Idempotency-Key", key } },
            Content = JsonContent.Create(request, Wire.Default.StepRequest),
        };
    }

    public async Task<Reply<Step>> WaitForEnd(string id, long step, CancellationToken cancellationToken)
    {
        while (true)
        {
            var reply = await api.Call(() => new(HttpMethod.Get, $"{PathOf(id, step)}?wait={PollSeconds}"), Wire.Default.Step, cancellationToken);
            if (reply.Value.HasEnded)
                return reply;
        }
    }

    /// <summary>The step without its output; null when it is not kept any more.</summary>
    public async Task<Step?> Summary(string id, long step, CancellationToken cancellationToken)
    {
        var query = $"/steps?cursor={step - 1}&limit=1";
        var page = await api.Call(() => new(HttpMethod.Get, PathOf(id) + query), Wire.Default.StepPage, cancellationToken);
        return page.Value.Items.FirstOrDefault(item => item.Sequence == step);
    }

    /// <summary>The step's output from its start to its end.</summary>
    public EventStream Events(string id, long step, TimeProvider time) => new(
        (last, cancellationToken) => api.OpenEvents(PathOf(id, step) + "/events", last, cancellationToken),
        time,
        $"Step {step} of {id} may go on.");

    public Task<Reply<Step>> Interrupt(string id, long step, CancellationToken cancellationToken) =>
        api.Call(() => new(HttpMethod.Post, PathOf(id, step) + "/interrupt"), Wire.Default.Step, cancellationToken);

    /// <summary>Starts a background command. However often it has to be sent, it starts once.</summary>
    public Task<Reply<BackgroundCommand>> StartCommand(string id, CommandRequest request, CancellationToken cancellationToken)
    {
        var key = Guid.NewGuid().ToString("N");
        return api.Call(Create, Wire.Default.BackgroundCommand, cancellationToken);

        HttpRequestMessage Create() => new(HttpMethod.Post, PathOf(id) + "/commands")
        {
            Headers = { { "Idempotency-Key", key } },
            Content = JsonContent.Create(request, Wire.Default.CommandRequest),
        };
    }

    public Task<Reply<CommandPage>> ListCommands(string id, string query, CancellationToken cancellationToken) =>
        api.Call(() => new(HttpMethod.Get, PathOf(id) + "/commands" + query), Wire.Default.CommandPage, cancellationToken);

    public Task<Reply<BackgroundCommand>> GetCommand(string id, long number, CancellationToken cancellationToken) =>
        api.Call(() => new(HttpMethod.Get, PathOfCommand(id, number)), Wire.Default.BackgroundCommand, cancellationToken);

    public Task<Reply<BackgroundCommand>> Signal(string id, long number, string signal, CancellationToken cancellationToken) => api.Call(
        () => new(HttpMethod.Post, PathOfCommand(id, number) + "/signal") { Content = JsonContent.Create(new CommandSignal(signal), Wire.Default.CommandSignal) },
        Wire.Default.BackgroundCommand,
        cancellationToken);

    /// <summary>A part of a command's output, waiting for it; the caller disposes the response.</summary>
    public Task<HttpResponseMessage> Output(string id, long number, string stream, long from, int waitSeconds, CancellationToken cancellationToken) =>
        api.Send(() => new(HttpMethod.Get, $"{PathOfCommand(id, number)}/output?stream={stream}&from={from}&wait={waitSeconds}"), cancellationToken);

    /// <summary>Opens a terminal, once; opening it again is the shell's.</summary>
    public Task<ClientWebSocket> OpenTerminal(string path, CancellationToken cancellationToken) => api.OpenSocket(path, cancellationToken);

    /// <summary>The path of a session's resource.</summary>
    public static string PathOf(string id) => "v1/sessions/" + Uri.EscapeDataString(id);

    private static string PathOfCommand(string id, long number) => $"{PathOf(id)}/commands/{number}";

    private static string PathOf(string id, long step) => $"{PathOf(id)}/steps/{step}";
}
