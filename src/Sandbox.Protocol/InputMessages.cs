namespace Sandbox.Protocol;

/// <summary>
/// Header of <see cref="Verbs.Input"/>, followed by Data… End: bytes for the standard input of an execution that keeps it
/// open, or for its terminal. The agent takes them as the program does, with a bounded amount in between, and answers with
/// <see cref="InputTaken"/>. Requests for one execution follow one another, in the order of their arrival.
/// </summary>
/// <param name="Id">The execution.</param>
/// <param name="Offset">
/// How many bytes came before these, so that a request may be repeated: what has been taken already is passed over, and a
/// gap is refused (<see cref="AgentErrors.Invalid"/>). Null to add them, whatever came before.
/// </param>
/// <param name="Close">Ends the input after these bytes. A terminal has no end: refused (<see cref="AgentErrors.Invalid"/>).</param>
public sealed record InputRequest(string Id, long? Offset, bool Close);

/// <summary>Answer to <see cref="InputRequest"/>.</summary>
/// <param name="Offset">Bytes of input so far, those that came with the start included.</param>
public sealed record InputTaken(long Offset);

/// <summary>
/// Header of <see cref="Verbs.Resize"/>; answered with an empty JSON object, also when the execution has ended. One
/// without a terminal is refused (<see cref="AgentErrors.Invalid"/>).
/// </summary>
/// <param name="Id">The execution.</param>
/// <param name="Size">The new size.</param>
public sealed record ResizeRequest(string Id, TerminalSize Size);

/// <summary>Size of a terminal, in characters.</summary>
/// <param name="Columns">Characters of a line, 1 to <see cref="Most"/>.</param>
/// <param name="Rows">Lines, 1 to <see cref="Most"/>.</param>
public sealed record TerminalSize(int Columns, int Rows)
{
    /// <summary>The largest number of either.</summary>
    public const int Most = 4096;
}
