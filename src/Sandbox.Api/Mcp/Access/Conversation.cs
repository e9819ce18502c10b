using System.Buffers;
using System.Security.Cryptography;

namespace Sandbox.Api.Mcp.Access;

/// <summary>
/// The name of a client's conversation in the revisions that have a handshake: handed out as the session id of the protocol, and nothing
/// but a name. There is no state behind it. It tells which client means what when it says "cancel request 3", and begins with the
/// process that a client's calls go to, so that the word reaches the call.
/// </summary>
internal sealed record Conversation(string Process, string Name)
{
    public const string Header = "Mcp-Session-Id";

    private const int Digits = 32;
    private const int LongestProcess = 64;
    private const string Alone = "s";

    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdef");

    /// <summary>A new one, of this process.</summary>
    public static Conversation New(string process) => new(process.Length == 0 ? Alone : process, RandomNumberGenerator.GetHexString(Digits, lowercase: true));

    /// <summary>Reads what a client has sent; null where it cannot be one of ours.</summary>
    public static Conversation? Parse(string text)
    {
        var dot = text.LastIndexOf('.');
        return dot is > 0 and <= LongestProcess && text.Length - dot - 1 == Digits && !text.AsSpan(dot + 1).ContainsAnyExcept(Hexadecimal)
            ? new Conversation(text[..dot], text[(dot + 1)..])
            : null;
    }

    /// <summary>The name of the conversation that a request belongs to; null where there is none.</summary>
    public static string? Of(HttpContext context) => context.Features.Get<Conversation>()?.Name;

    public override string ToString() => $"{Process}.{Name}";
}
