using System.Text.Json;

namespace Sandbox.Cli.Policies;

internal sealed record Policy(string Name, int Version, bool Removed = false, JsonElement? Document = null, string? AgentId = null, DateTimeOffset? CreatedAt = null);

internal sealed record PolicyPage(IReadOnlyList<Policy> Items, string? NextCursor = null);

internal sealed record Evaluation(Decision Decision, IReadOnlyList<Violation> Violations);

internal sealed record Decision(string Policy, int Version, bool Allowed, string? Rule = null, string? Reason = null);

internal sealed record Violation(string Rule, string Field, string Reason);
