using System.Text.Json.Serialization;
using Sandbox.Grains.Abstractions.Audit;

namespace Sandbox.Storage.Bench;

/// <summary>As much state as the plain one, and the events of a job that is accepted and started by one write.</summary>
internal sealed class RecordedState : IAudited
{
    public byte[] Data { get; set; } = new byte[768];

    [JsonIgnore]
    public IReadOnlyList<AuditEvent> Events => [AuditBench.Event("bench", 0), AuditBench.Event("bench", 1)];
}
