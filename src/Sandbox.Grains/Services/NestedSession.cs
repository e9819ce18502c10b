using Sandbox.Grains.Sessions;

namespace Sandbox.Grains.Services;

/// <summary>The state of the session that a service is inside, as a part of the service's: one write, one row, one end.</summary>
internal sealed class NestedSession(ServiceRecord record, TimeProvider time) : IPersistentState<SessionState>
{
    public SessionState State { get; set; } = record.Current.Session;

    public string? Etag => null;

    public bool RecordExists => record.Current.Exists;

    public Task WriteStateAsync() => record.Change(current =>
    {
        var service = current.Exists ? current : record.Draft ?? throw new InvalidOperationException("There is no service to be made.");
        return service.Follow(State, record.Ending?.Cause, record.Ending?.Last, time.GetUtcNow());
    });

    public async Task ReadStateAsync()
    {
        await record.Reload();
        State = record.Current.Session;
    }

    public async Task ClearStateAsync()
    {
        await record.Remove(CancellationToken.None);
        State = record.Current.Session;
    }
}
