namespace Sandbox.Protocol;

/// <summary>Why the agent refused a request.</summary>
/// <param name="Code">One of <see cref="AgentErrors"/>.</param>
/// <param name="Message">Text for a log; may hold words that code inside the sandbox chose.</param>
public sealed record AgentError(string Code, string Message);

/// <summary>Codes of <see cref="AgentError"/>.</summary>
public static class AgentErrors
{
    /// <summary>Wrong token, wrong version, or no hello.</summary>
    public const string Unauthorized = "unauthorized";

    /// <summary>No such execution, kernel or file.</summary>
    public const string NotFound = "not_found";

    /// <summary>The request makes no sense.</summary>
    public const string Invalid = "invalid";

    /// <summary>Larger than the bound.</summary>
    public const string TooLarge = "too_large";

    /// <summary>Not a regular file, or behind a link.</summary>
    public const string NotRegular = "not_regular";

    /// <summary>There is something at the place already.</summary>
    public const string Exists = "exists";

    /// <summary>The folder is not empty.</summary>
    public const string NotEmpty = "not_empty";

    /// <summary>Not a folder, or something in the middle of the path is none.</summary>
    public const string NotDirectory = "not_directory";

    /// <summary>A folder where a file was due.</summary>
    public const string IsDirectory = "is_directory";

    /// <summary>The sandbox's user has no right to do this.</summary>
    public const string Denied = "denied";

    /// <summary>The two places are on different file systems, between which nothing can be moved.</summary>
    public const string OtherFileSystem = "other_file_system";

    /// <summary>The kernel runs a step.</summary>
    public const string Busy = "busy";

    /// <summary>The execution has ended, or its standard input has, or was never kept open.</summary>
    public const string InputClosed = "input_closed";

    /// <summary>The workspace is full.</summary>
    public const string NoSpace = "no_space";

    /// <summary>Any other failure of the operating system.</summary>
    public const string Io = "io";
}
