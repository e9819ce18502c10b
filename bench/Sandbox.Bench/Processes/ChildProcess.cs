using System.Runtime.InteropServices;
using System.Text;

namespace Sandbox.Bench.Processes;

/// <summary>Runs programs to their end, with as little between the caller and the kernel as can be.</summary>
internal static unsafe class ChildProcess
{
    private static readonly List<string> Inherited = Variables(null);

    /// <summary>
    /// Runs a program with nothing on its standard input, and blocks until it has ended and its output is closed.
    /// Cancellation kills it.
    /// </summary>
    /// <param name="argv">Program, looked up on the path, and its arguments.</param>
    /// <param name="errorFile">File that takes its standard error.</param>
    /// <param name="environment">Variables added to those of this process.</param>
    /// <param name="cancellationToken">Kills the process, and is then thrown.</param>
    public static ChildResult Run(
        IReadOnlyList<string> argv,
        string errorFile = "/dev/null",
        IReadOnlyDictionary<string, string>? environment = null,
        CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var ends = stackalloc int[2];
        if (NativeProcess.Pipe(ends, NativeProcess.CloseOnExec) != 0)
            throw new BenchException($"No pipe to be had (error {Marshal.GetLastPInvokeError()}).");
        try
        {
            var pid = Spawn(argv, environment, ends[1], errorFile);
            NativeProcess.Close(ends[1]);
            ends[1] = -1;
            return Await(pid, ends[0], errorFile, cancellationToken);
        }
        finally
        {
            NativeProcess.Close(ends[0]);
            if (ends[1] >= 0)
                NativeProcess.Close(ends[1]);
        }
    }

    private static int Spawn(IReadOnlyList<string> argv, IReadOnlyDictionary<string, string>? environment, int output, string errorFile)
    {
        using var arguments = new NativeStrings(argv);
        using var variables = new NativeStrings(environment is null ? Inherited : Variables(environment));
        var actions = stackalloc byte[NativeProcess.OpaqueSize];
        NativeProcess.InitActions(actions);
        try
        {
            NativeProcess.AddOpen(actions, 0, "/dev/null", NativeProcess.ReadOnly, 0);
            NativeProcess.AddDuplicate(actions, output, 1);
            NativeProcess.AddOpen(actions, 2, errorFile, NativeProcess.WriteCreateTruncate, 0b110_000_000);
            var error = NativeProcess.Spawn(out var pid, argv[0], actions, 0, arguments.Pointer, variables.Pointer);
            return error == 0 ? pid : throw new BenchException($"{argv[0]} could not be started (error {error}).");
        }
        finally
        {
            NativeProcess.DestroyActions(actions);
        }
    }

    private static ChildResult Await(int pid, int output, string errorFile, CancellationToken cancellationToken)
    {
        byte[] text;
        // The number of an ended process is not used again until it has been awaited: no stranger is killed.
        using (cancellationToken.UnsafeRegister(static state => NativeProcess.Kill((int)state!, NativeProcess.SigKill), pid))
        {
            text = ReadToEnd(output);
            var info = stackalloc byte[NativeProcess.OpaqueSize];
            while (NativeProcess.WaitId(NativeProcess.ByPid, pid, info, NativeProcess.Exited | NativeProcess.LeaveWaitable) != 0
                && Marshal.GetLastPInvokeError() == NativeProcess.Interrupted)
            {
                // A signal to this process ends the call, not the child.
            }
        }

        NativeProcess.WaitPid(pid, out var status, 0);
        cancellationToken.ThrowIfCancellationRequested();
        // As shells do: 128 and the signal.
        var exitCode = (status & 0x7f) == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f);
        return new ChildResult(exitCode, Encoding.UTF8.GetString(text), errorFile);
    }

    private static byte[] ReadToEnd(int descriptor)
    {
        const int Size = 4096;
        var buffer = stackalloc byte[Size];
        using var all = new MemoryStream();
        while (true)
        {
            var count = NativeProcess.Read(descriptor, buffer, Size);
            if (count > 0)
                all.Write(new ReadOnlySpan<byte>(buffer, (int)count));
            else if (count == 0 || Marshal.GetLastPInvokeError() != NativeProcess.Interrupted)
                return all.ToArray();
        }
    }

    private static List<string> Variables(IReadOnlyDictionary<string, string>? added)
    {
        var variables = new List<string>();
        foreach (System.Collections.DictionaryEntry entry in Environment.GetEnvironmentVariables())
        {
            if (added?.ContainsKey((string)entry.Key) != true)
                variables.Add($"{entry.Key}={entry.Value}");
        }

        variables.AddRange(added?.Select(pair => $"{pair.Key}={pair.Value}") ?? []);
        return variables;
    }
}

/// <summary>How a program ended.</summary>
internal sealed record ChildResult(int ExitCode, string Output, string ErrorFile)
{
    private const int MaxExcuse = 2000;

    /// <summary>The end of what it said on standard error.</summary>
    public string Errors()
    {
        var text = ErrorFile != "/dev/null" && File.Exists(ErrorFile) ? File.ReadAllText(ErrorFile).Trim() : string.Empty;
        return text.Length <= MaxExcuse ? text : text[^MaxExcuse..];
    }
}
