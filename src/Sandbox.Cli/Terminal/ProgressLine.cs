namespace Sandbox.Cli.Terminal;

/// <summary>How far a transfer is, on one line that changes, where a terminal shows it: a bar where the end is known.</summary>
internal sealed class ProgressLine : IProgress<long>, IDisposable
{
    private const string ClearLine = "\r\e[K";
    private const int BarWidth = 24;
    private static readonly TimeSpan s_pace = TimeSpan.FromMilliseconds(100);

    private readonly CliConsole _console;
    private readonly string _name;
    private readonly long? _total;
    private readonly long _began;
    private long _shown;

    /// <param name="console">Its error output shows the line.</param>
    /// <param name="name">What is transferred, made printable.</param>
    /// <param name="total">Bytes in all; null where that is not known.</param>
    public ProgressLine(CliConsole console, string name, long? total)
    {
        _console = console;
        _name = name;
        _total = total;
        _began = _shown = console.Time.GetTimestamp();
    }

    /// <summary>So many bytes so far.</summary>
    public void Report(long value)
    {
        if (!_console.ErrorsAreTerminal || _console.Time.GetElapsedTime(_shown) < s_pace)
            return;
        _shown = _console.Time.GetTimestamp();
        _console.ErrorText.Write(ClearLine + Describe(value, _console.Time.GetElapsedTime(_began)));
    }

    public void Dispose()
    {
        if (_console.ErrorsAreTerminal)
            _console.ErrorText.Write(ClearLine);
    }

    private string Describe(long bytes, TimeSpan took)
    {
        var rate = (long)(bytes / Math.Max(0.001, took.TotalSeconds));
        if (_total is not (> 0 and var total))
            return $"{_name}: {Units.Bytes(bytes)}, {Units.Bytes(rate)}/s";
        var share = Math.Clamp((double)bytes / total, 0, 1);
        var done = (int)(share * BarWidth);
        var bar = new string('█', done) + new string('░', BarWidth - done);
        var left = rate > 0 ? $", {Units.Seconds(Math.Ceiling((total - bytes) / (double)rate))} left" : string.Empty;
        return $"{_name} {bar} {(int)(share * 100)} % of {Units.Bytes(total)}, {Units.Bytes(rate)}/s{left}";
    }
}
