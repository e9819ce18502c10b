using System.Globalization;
using System.Text.Json;
using Sandbox.Api.Http;
using Sandbox.Api.Sandboxes;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Api.Sessions.Requests;

/// <summary>Reads the requests of background commands strictly, and makes what the grain does of them.</summary>
internal static class CommandRequestMapping
{
    private const double ShortestSeconds = 0.1;
    private const int MostSignal = 64;

    // In the order of their numbers, from 1.
    private static readonly string[] SignalNames =
    [
        "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM", "STKFLT",
        "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
    ];

    public static CommandRequest? Read(JsonElement root, RequestErrors errors)
    {
        if (RequestObject.Open(root, errors) is not { } body)
            return null;
        var request = new CommandRequest
        {
            Command = body.Strings("command", RequestBounds.Arguments),
            Shell = body.String("shell"),
            Env = body.Map("env", RequestBounds.Variables),
            Cwd = body.String("cwd"),
            Stdin = body.String("stdin"),
            KeepStdinOpen = body.Boolean("keepStdinOpen"),
            TimeoutSeconds = body.Number("timeoutSeconds"),
        };
        body.RefuseUnknown();
        return request;
    }

    /// <summary>The command to start. Only of use when the errors are still empty afterwards.</summary>
    public static CommandSpec ToSpec(CommandRequest request, IPlatform platform, RequestErrors errors)
    {
        var command = request.Command ?? (request.Shell is { } text ? ["bash", "-c", text] : []);
        if (!errors.Has("command") && !errors.Has("shell"))
            CheckChoice(request, command, errors);
        if (EnvironmentRules.Check(request.Env, errors) > RequestBounds.ArgumentsTotalBytes)
            errors.Add("env", $"Exceeds {RequestBounds.ArgumentsTotalBytes} bytes.");
        if (request.Cwd is "" || request.Cwd?.Contains('\0') == true)
            errors.Add("cwd", "Must be a path.");
        var seconds = request.TimeoutSeconds;
        if (seconds is not null && !(seconds >= ShortestSeconds && seconds <= platform.MaximumTtlSeconds))
            errors.Add("timeoutSeconds", string.Create(CultureInfo.InvariantCulture, $"Must be from {ShortestSeconds} to {platform.MaximumTtlSeconds}."));
        return new CommandSpec(
            command, request.Env ?? EmptyMaps.OfStrings, request.Cwd, request.Stdin, request.KeepStdinOpen ?? false, seconds, Terminal: null);
    }

    /// <summary>The number of a signal, named or numbered; null when it is noted as wrong.</summary>
    public static int? ReadSignal(JsonElement root, RequestErrors errors)
    {
        if (RequestObject.Open(root, errors) is not { } body)
            return null;
        // Read as what it is: a wrong type must not be told twice.
        var isNumber = root.TryGetProperty("signal", out var value) && value.ValueKind == JsonValueKind.Number;
        var number = isNumber ? body.Integer("signal") : NumberOf(body.String("signal"));
        body.RefuseUnknown();
        if (number is >= 1 and <= MostSignal)
            return (int)number;
        if (!errors.Has("signal"))
            errors.Add("signal", $"Must be the name of a signal, such as SIGTERM, or its number from 1 to {MostSignal}.");
        return null;
    }

    private static long? NumberOf(string? name)
    {
        if (name is null)
            return null;
        var bare = name.StartsWith("SIG", StringComparison.OrdinalIgnoreCase) ? name[3..] : name;
        var index = Array.FindIndex(SignalNames, known => known.Equals(bare, StringComparison.OrdinalIgnoreCase));
        return index < 0 ? null : index + 1;
    }

    private static void CheckChoice(CommandRequest request, IReadOnlyList<string> command, RequestErrors errors)
    {
        if (request.Command is null == request.Shell is null)
        {
            var text = request.Command is null ? "Either command or shell is required." : "Only one of command and shell may be given.";
            errors.Add("command", text);
            errors.Add("shell", text);
            return;
        }

        if (request.Command is not null)
            ArgumentRules.CheckCommand(command, errors);
        else if (request.Shell is "" || request.Shell!.Contains('\0') || System.Text.Encoding.UTF8.GetByteCount(request.Shell) > RequestBounds.ArgumentBytes)
            errors.Add("shell", $"Must be 1 to {RequestBounds.ArgumentBytes} bytes without NUL.");
    }
}
