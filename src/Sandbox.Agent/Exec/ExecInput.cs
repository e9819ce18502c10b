namespace Sandbox.Agent.Exec;

/// <summary>What an execution is given to read, complete before it starts: a start is all or nothing.</summary>
internal sealed record ExecInput(IReadOnlyList<ReadOnlyMemory<byte>> Code, IReadOnlyList<ReadOnlyMemory<byte>> Stdin);
