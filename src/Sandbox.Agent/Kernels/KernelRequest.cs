using System.Globalization;
using System.Text;
using Sandbox.Agent.Exec;
using Sandbox.Protocol;

namespace Sandbox.Agent.Kernels;

/// <summary>
/// What a kernel gets on descriptor 3, in words that a shell can read as well, each ended by a zero byte: <c>job</c> or
/// <c>step</c>, the number of bytes that follow, and then
/// <list type="bullet">
/// <item>of a job: folder, number of arguments, the arguments, variables, length of the code; the code;</item>
/// <item>of a step: its id, folder (empty to stay), variables, length of the code, length of the input; the code; the input.</item>
/// </list>
/// Variables are their number and then NAME=VALUE.
/// </summary>
internal static class KernelRequest
{
    /// <summary>The pieces of a job's request, which uses the kernel up.</summary>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Job(ExecStart start, ExecInput input)
    {
        var words = new StringBuilder();
        Add(words, start.Cwd);
        Add(words, start.Argv.Count);
        foreach (string argument in start.Argv)
            Add(words, argument);
        Add(words, start.Env);
        Add(words, Length(input.Code));
        // Its input is the program's standard input.
        return Framed("job", words, input.Code);
    }

    /// <summary>The pieces of a step's request.</summary>
    /// <param name="id">What the kernel repeats when the step is over.</param>
    /// <param name="cwd">Folder to change to; null to stay.</param>
    /// <param name="start">What was asked for.</param>
    /// <param name="input">Code and standard input.</param>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Step(string id, string? cwd, ExecStart start, ExecInput input)
    {
        var words = new StringBuilder();
        Add(words, id);
        Add(words, cwd ?? "");
        Add(words, start.Env);
        Add(words, Length(input.Code));
        Add(words, Length(input.Stdin));
        return Framed("step", words, [.. input.Code, .. input.Stdin]);
    }

    private static ReadOnlyMemory<byte>[] Framed(string kind, StringBuilder words, IReadOnlyList<ReadOnlyMemory<byte>> body)
    {
        byte[] text = Encoding.UTF8.GetBytes(words.ToString());
        var frame = new StringBuilder();
        Add(frame, kind);
        Add(frame, text.Length + Length(body));
        // In one piece with the words, so that a small request arrives with one read.
        return [(byte[])[.. Encoding.UTF8.GetBytes(frame.ToString()), .. text], .. body];
    }

    private static long Length(IReadOnlyList<ReadOnlyMemory<byte>> pieces) => pieces.Sum(piece => (long)piece.Length);

    private static void Add(StringBuilder words, IReadOnlyDictionary<string, string> variables)
    {
        Add(words, variables.Count);
        foreach ((string name, string value) in variables)
            Add(words, $"{name}={value}");
    }

    private static void Add(StringBuilder words, string word) => words.Append(word).Append('\0');

    private static void Add(StringBuilder words, long number) => Add(words, number.ToString(CultureInfo.InvariantCulture));
}
