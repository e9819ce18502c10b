using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Grains.Abstractions.Sessions;

/// <summary>
/// The standard input and the terminals of background commands. As with files, bytes do not ride in grain messages: the
/// grain permits, and the bytes flow to the sandbox as fast as the command reads.
/// </summary>
public interface ICommandInput
{
    /// <summary>Gives bytes to a command; those of different calls follow one another. Answers with the bytes of input so far.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="session">The session.</param>
    /// <param name="number">The command.</param>
    /// <param name="content">The bytes, of any number.</param>
    /// <param name="offset">How many came before: what the command has been given already is passed over. Null to add them whatever came before.</param>
    /// <param name="close">Ends the input after them.</param>
    /// <param name="cancellationToken">Ends the transfer; what was given stays given.</param>
    Task<Reply<CommandInput>> Write(
        Caller caller, SessionId session, long number, Stream content, long? offset, bool close, CancellationToken cancellationToken = default);

    /// <summary>Changes the size of a command's terminal.</summary>
    Task<Reply<CommandInput>> Resize(Caller caller, SessionId session, long number, int columns, int rows, CancellationToken cancellationToken = default);
}

/// <summary>The standard input of a command.</summary>
/// <param name="Offset">Bytes so far, those that came with its start included; of no meaning after a change of size.</param>
public sealed record CommandInput(long Offset);
