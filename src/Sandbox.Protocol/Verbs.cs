namespace Sandbox.Protocol;

/// <summary>Names of the requests.</summary>
public static class Verbs
{
    /// <summary>First request of a connection; the agent refuses every other one before it.</summary>
    public const string Hello = "hello";

    /// <summary>Starts a language kernel that waits for code.</summary>
    public const string StartKernel = "kernel.start";

    /// <summary>Starts an execution, or attaches to one that was started before.</summary>
    public const string Exec = "exec";

    /// <summary>Sends a signal to an execution's processes.</summary>
    public const string Signal = "exec.signal";

    /// <summary>Gives bytes to the standard input of an execution that keeps it open.</summary>
    public const string Input = "exec.input";

    /// <summary>Changes the size of an execution's terminal.</summary>
    public const string Resize = "exec.resize";

    /// <summary>Writes a file.</summary>
    public const string WriteFile = "file.write";

    /// <summary>Reads a file.</summary>
    public const string ReadFile = "file.read";

    /// <summary>Finds files by glob.</summary>
    public const string FindFiles = "file.find";

    /// <summary>Describes one file, folder or link.</summary>
    public const string Stat = "file.stat";

    /// <summary>Lists a folder, page by page.</summary>
    public const string List = "file.list";

    /// <summary>Moves or renames a file or folder.</summary>
    public const string Move = "file.move";

    /// <summary>Makes a folder.</summary>
    public const string MakeFolder = "file.mkdir";

    /// <summary>Removes a file or folder.</summary>
    public const string Remove = "file.remove";

    /// <summary>Tells changes in a folder.</summary>
    public const string Watch = "file.watch";

    /// <summary>Sends everything below a folder.</summary>
    public const string ExportTree = "tree.export";

    /// <summary>Unpacks what was sent so.</summary>
    public const string ImportTree = "tree.import";

    /// <summary>Takes the connections that programs inside make to the proxy at <see cref="EgressProxy"/>.</summary>
    public const string ListenEgress = "egress.listen";

    /// <summary>Waits for one of them; from then on the channel carries its bytes.</summary>
    public const string AcceptEgress = "egress.accept";

    /// <summary>Sets the time at which the agent ends the sandbox by itself.</summary>
    public const string SetDeadline = "deadline";

    /// <summary>Closes the channel for a while, so that the sandbox can be saved with its memory.</summary>
    public const string Quiesce = "quiesce";
}
