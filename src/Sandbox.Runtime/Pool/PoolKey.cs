namespace Sandbox.Runtime.Pool;

/// <summary>What the sandboxes of one shelf of the pool have in common.</summary>
/// <param name="Template">Root file system.</param>
/// <param name="Language">Language whose kernel is running; null for sandboxes that run commands.</param>
/// <param name="Isolation">Isolation class.</param>
public readonly record struct PoolKey(string Template, string? Language, IsolationClass Isolation);
