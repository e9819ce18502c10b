using System.Globalization;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Api.Sessions;

/// <summary>What the headers of a part of a command's output say of it.</summary>
internal static class CommandOutputHeaders
{
    public const string Start = "Output-Start";
    public const string Next = "Output-Next";
    public const string Total = "Output-Total";
    public const string Ended = "Output-Ended";

    public static void Write(IHeaderDictionary headers, CommandOutput part)
    {
        headers[Start] = Text(part.Start);
        headers[Next] = Text(part.Next);
        headers[Total] = Text(part.Total);
        headers[Ended] = part.Ended ? "true" : "false";
        // The bytes are those of a stranger: never shown in a page, never guessed at, never run.
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
