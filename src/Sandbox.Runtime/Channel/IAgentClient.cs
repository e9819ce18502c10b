using Sandbox.Protocol;

namespace Sandbox.Runtime.Channel;

/// <summary>
/// The node's end of the channel to one agent. What comes from it is bounded and otherwise not trusted: a sandbox may
/// have taken its agent over.
/// </summary>
public interface IAgentClient : IAgentFiles, IAgentEgress, IAsyncDisposable
{
    /// <summary>Completes when the connection is gone, however that came about.</summary>
    Task Disconnected { get; }

    /// <summary>Executions that the agent knew when the connection was made.</summary>
    IReadOnlyList<string> KnownExecs { get; }

    /// <summary>Starts a kernel and completes when it waits for code.</summary>
    Task StartKernel(StartKernelRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Starts an execution or attaches to it. Completes when the agent has accepted; output is then read from the result.
    /// Disposing the result leaves the execution running.
    /// </summary>
    Task<IAgentExec> Exec(ExecRequest request, ReadOnlyMemory<byte> code, ReadOnlyMemory<byte> stdin, CancellationToken cancellationToken);

    /// <summary>Sends a signal; 9 kills the whole tree.</summary>
    Task Signal(string execId, int signal, CancellationToken cancellationToken);

    /// <summary>
    /// Gives bytes to the standard input of an execution, as fast as it takes them; a refusal ends the reading of the content.
    /// </summary>
    /// <exception cref="FileContentException">The content could not be read; what was read before was given.</exception>
    Task<InputTaken> SendInput(InputRequest request, Stream content, CancellationToken cancellationToken);

    /// <summary>Changes the size of an execution's terminal.</summary>
    Task Resize(ResizeRequest request, CancellationToken cancellationToken);

    /// <summary>Sets when the agent ends the sandbox by itself.</summary>
    Task SetDeadline(TimeSpan fromNow, CancellationToken cancellationToken);
}

/// <summary>An execution that is attached to.</summary>
public interface IAgentExec : IAsyncDisposable
{
    /// <summary>True when the request started it; false when it had been started before.</summary>
    bool Started { get; }

    /// <summary>
    /// Output in order, until the execution ends. An <see cref="AgentConnectionException"/> when the connection
    /// breaks: attach again from the last sequence.
    /// </summary>
    IAsyncEnumerable<AgentOutput> Output(CancellationToken cancellationToken);

    /// <summary>How it ended; completes after the last output was read.</summary>
    Task<ExecResult> Result { get; }

    /// <summary>Lets the agent forget output up to a sequence; it holds a bounded amount and then stops reading from the program.</summary>
    Task Acknowledge(long sequence, CancellationToken cancellationToken);
}

/// <summary>A piece of output.</summary>
/// <param name="Sequence">Number of the piece, rising from 1 without gaps.</param>
/// <param name="Stream">Which stream.</param>
/// <param name="Data">The bytes; never splits a UTF-8 character.</param>
public readonly record struct AgentOutput(long Sequence, OutputStream Stream, ReadOnlyMemory<byte> Data);

/// <summary>The agent refused a request.</summary>
public sealed class AgentRequestException(string code, string message) : Exception(message)
{
    /// <summary>One of <see cref="AgentErrors"/>.</summary>
    public string Code { get; } = code;
}

/// <summary>The connection to the agent is gone, or what came over it broke the protocol.</summary>
public sealed class AgentConnectionException(string message, Exception? inner = null) : Exception(message, inner);
