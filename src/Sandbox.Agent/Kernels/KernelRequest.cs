using System.Globalization;
using System.Text;

namespace Sandbox.Agent.Kernels;

/// <summary>
/// What a kernel gets on descriptor 3, in words that a shell can read as well: folder, number of arguments, the arguments,
/// number of variables, the variables as NAME=VALUE, length of the code, each ended by a zero byte; then the code.
/// </summary>
internal static class KernelRequest
{
    public static byte[] Header(string cwd, IReadOnlyList<string> argv, IReadOnlyDictionary<string, string> env, long codeBytes)
    {
        var text = new StringBuilder();
        Add(text, cwd);
        Add(text, argv.Count);
        foreach (string argument in argv)
            Add(text, argument);
        Add(text, env.Count);
        foreach ((string name, string value) in env)
            Add(text, $"{name}={value}");
        Add(text, codeBytes);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static void Add(StringBuilder text, string word) => text.Append(word).Append('\0');

    private static void Add(StringBuilder text, long number) => Add(text, number.ToString(CultureInfo.InvariantCulture));
}
