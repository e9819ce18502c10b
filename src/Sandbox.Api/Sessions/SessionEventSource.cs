using System.Buffers;
using System.Text.Json;
using Sandbox.Api.Output;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Sessions;

/// <summary>
/// The events of all steps of a session, and the changes of the session itself. What a step says of its own state is an
/// event <c>step</c>; <c>status</c> is the session's, told at the beginning and at each change, without an id.
/// </summary>
/// <param name="grain">The session.</param>
/// <param name="caller">Who reads.</param>
/// <param name="first">What was read before the stream began.</param>
/// <param name="after">The position that the client has reached.</param>
internal sealed class SessionEventSource(ISessionGrain grain, Caller caller, SessionEventPage first, string after) : IEventSource
{
    private const string StepChanged = "step";

    private SessionEventPage? _first = first;
    private string _position = after;
    private long _version;
    private (SessionStatus Status, DateTimeOffset ExpiresAt)? _told;

    public async ValueTask<EventBatch?> Read(TimeSpan wait, CancellationToken cancellationToken)
    {
        var page = _first ?? (await grain.ReadEvents(caller, _position, _version, wait, cancellationToken)).Value;
        _first = null;
        if (page is null)
            return null;
        _version = page.Version;
        if (page.Events.Count > 0)
            _position = page.Events[^1].Position;
        var batch = new List<StreamedEvent>(page.Events.Count + 2);
        if (page.Session.EndedAt is null && _told != (StatusOf(page.Session), page.Session.ExpiresAt))
            batch.Add(new StreamedEvent(null, OutputEventKinds.Status, Describe(page.Session)));
        _told = (StatusOf(page.Session), page.Session.ExpiresAt);
        batch.AddRange(page.Events.Select(item => new StreamedEvent(item.Position, NameOf(item.Event), item.Event.Data, item.Sequence)));
        if (page.Ended)
            batch.Add(new StreamedEvent(null, OutputEventKinds.End, Describe(page.Session)));
        return new EventBatch(batch, page.Ended);
    }

    private static string NameOf(OutputEvent item) => item.Kind is OutputEventKinds.Status or OutputEventKinds.End ? StepChanged : item.Kind;

    // Whether it is busy its steps tell.
    private static SessionStatus StatusOf(SessionView session) => session.Status == SessionStatus.Busy ? SessionStatus.Ready : session.Status;

    private static byte[] Describe(SessionView session)
    {
        var buffer = new ArrayBufferWriter<byte>(128);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WritePropertyName("status"u8);
            JsonSerializer.Serialize(writer, StatusOf(session), Http.ApiJson.Default.SessionStatus);
            if (session.Cause is { } cause)
                writer.WriteString("cause"u8, cause);
            writer.WriteString("expiresAt"u8, session.ExpiresAt.UtcDateTime);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
