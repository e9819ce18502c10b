using Sandbox.Protocol;

namespace Sandbox.Agent.Channel;

/// <summary>Rules for what is asked of the agent.</summary>
internal static class Check
{
    private const int LongestId = 128;

    public static void Id(string? id)
    {
        if (string.IsNullOrEmpty(id) || id.Length > LongestId)
            throw Invalid("An id has 1 to 128 characters.");
    }

    public static void Start(ExecStart start)
    {
        Program(start.Argv, start.Env, start.Cwd, mayBeEmpty: start.Kernel is not null);
        if (start.Limits is not { WallSeconds: null or > 0, OutputBytes: null or >= 0 })
            throw Invalid("Limits are missing or not positive.");
        if (start.Step && (start.Kernel is null || start.KillAllOnExit || start.Argv.Count > 0))
            throw Invalid("A step needs a kernel, and has neither arguments nor an end for all.");
        if (start.Kernel is not null && (start.KeepInput || start.Terminal is not null))
            throw Invalid("A kernel keeps no input and has no terminal.");
        if (start.Terminal is { } size)
            Terminal(size);
        if (start.DeadlineSeconds is { } seconds)
            Deadline(seconds);
    }

    public static void Terminal(TerminalSize? size)
    {
        if (size is not { Columns: >= 1 and <= TerminalSize.Most, Rows: >= 1 and <= TerminalSize.Most })
            throw Invalid($"A terminal has 1 to {TerminalSize.Most} columns and rows.");
    }

    public static void Input(InputRequest request)
    {
        Id(request.Id);
        if (request.Offset < 0)
            throw Invalid("An offset is not below zero.");
    }

    public static void Deadline(double secondsFromNow)
    {
        if (!(secondsFromNow >= 0))
            throw Invalid("A deadline lies in the future.");
    }

    public static void Program(IReadOnlyList<string>? argv, IReadOnlyDictionary<string, string>? env, string? cwd, bool mayBeEmpty)
    {
        if (argv is null || env is null || (argv.Count == 0 && !mayBeEmpty))
            throw Invalid("A program is missing.");
        if (argv.Count > 0 && !mayBeEmpty && string.IsNullOrEmpty(argv[0]))
            throw Invalid("A program needs a name.");
        foreach (string argument in argv)
            Text(argument);
        foreach ((string name, string value) in env)
        {
            Text(name);
            Text(value);
            if (name.Length == 0 || name.Contains('='))
                throw Invalid("A variable needs a name without '='.");
        }

        AbsolutePath(cwd);
    }

    /// <summary>An absolute path without <c>..</c>.</summary>
    public static void AbsolutePath(string? path)
    {
        if (path is null || !path.StartsWith('/') || path.Split('/').Contains(".."))
            throw Invalid("A path must be absolute and without '..'.");
        Text(path);
    }

    /// <summary>A relative path without <c>..</c> that names something.</summary>
    public static void RelativePath(string? path)
    {
        if (string.IsNullOrEmpty(path) || path.StartsWith('/') || path.Split('/').Any(part => part is "" or "." or ".."))
            throw Invalid("A path must be relative and without '..'.");
        Text(path);
    }

    public static void Range(ReadFileRequest request)
    {
        if (request.Length < 0 || request.Offset == long.MinValue)
            throw Invalid("A range has no length below zero.");
    }

    public static void Page(ListRequest request)
    {
        AbsolutePath(request.Path);
        if (request.Limit is < 1 or > ListRequest.MaxLimit)
            throw Invalid($"A page has 1 to {ListRequest.MaxLimit} entries.");
    }

    // The operating system's strings end at a zero byte: what follows would be lost without a word.
    private static void Text(string? text)
    {
        if (text is null || text.Contains('\0'))
            throw Invalid("A text is missing or has a zero byte.");
    }

    private static RequestException Invalid(string message) => new(AgentErrors.Invalid, message);
}
