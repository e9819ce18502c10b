using System.CommandLine;
using System.CommandLine.Parsing;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Commands;

/// <summary>The options that limit what a sandbox may use.</summary>
internal sealed class LimitOptions
{
    private readonly Option<double?> _timeout = new("--timeout") { Description = "Wall-clock limit.", HelpName = "SECONDS" };
    private readonly Option<double?> _cpu = new("--cpu") { Description = "Processors, in whole or parts.", HelpName = "N" };
    private readonly Option<long?> _memory = Size("--memory", "Memory limit, such as 512M.");
    private readonly Option<long?> _disk = Size("--disk", "Limit of the workspace's size.");
    private readonly Option<int?> _processes = new("--processes") { Description = "Limit of processes and threads.", HelpName = "N" };
    private readonly Option<long?> _output = Size("--output-limit", "Limit of the program's output.");

    public IReadOnlyList<Option> All => [_timeout, _cpu, _memory, _disk, _processes, _output];

    /// <summary>The limits asked for; null where none is, so that the server's defaults hold.</summary>
    public LimitsRequest? Read(ParseResult parsed)
    {
        var limits = new LimitsRequest
        {
            Cpu = parsed.GetValue(_cpu),
            MemoryBytes = parsed.GetValue(_memory),
            DiskBytes = parsed.GetValue(_disk),
            Processes = parsed.GetValue(_processes),
            WallSeconds = parsed.GetValue(_timeout),
            OutputBytes = parsed.GetValue(_output),
        };
        return limits == new LimitsRequest() ? null : limits;
    }

    private static Option<long?> Size(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "SIZE",
        CustomParser = ParseSize,
    };

    private static long? ParseSize(ArgumentResult result)
    {
        if (Units.TryParseBytes(result.Tokens[0].Value, out var bytes))
            return bytes;
        result.AddError($"'{result.Tokens[0].Value}' is not a size; write for example 512M or 1G.");
        return null;
    }
}
