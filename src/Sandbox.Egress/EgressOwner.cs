namespace Sandbox.Egress;

/// <summary>For whom a sandbox works, as its connections are recorded.</summary>
/// <param name="TenantId">The tenant.</param>
/// <param name="AgentId">The agent that started the work.</param>
/// <param name="Resource">Id of the job or session.</param>
public sealed record EgressOwner(string TenantId, string AgentId, string Resource);
