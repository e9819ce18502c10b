namespace Sandbox.Cli.Secrets;

internal sealed record SecretRequest(byte[] ValueBase64, string? As = null, IReadOnlyList<string>? Hosts = null, string? Header = null);

internal sealed record Secret(
    string Name, int Version, string As, IReadOnlyList<string>? Hosts = null, string? Header = null, string? AgentId = null, DateTimeOffset? CreatedAt = null);

internal sealed record SecretPage(IReadOnlyList<Secret> Items, string? NextCursor = null);
