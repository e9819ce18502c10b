namespace Sandbox.Cli.Terminal;

/// <summary>How far a transfer is, on one line that changes, where a terminal shows it.</summary>
internal sealed class ProgressLine : IDisposable
{
    private const string ClearLine = "\r\e[K";
    private static readonly TimeSpan s_pace = TimeSpan.FromMilliseconds(100);

    private readonly CliConsole _console;
    private readonly string _name;
    private readonly long? _total;
    private readonly long _began;
    private long _shown;
    private long _bytes;

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

    /// <summary>So many bytes more.</summary>
    public void Add(int bytes)
    {
        _bytes += bytes;
        if (!_console.ErrorsAreTerminal || _console.Time.GetElapsedTime(_shown) < s_pace)
            return;
        _shown = _console.Time.GetTimestamp();
        _console.ErrorText.Write(ClearLine + Describe());
    }

    public void Dispose()
    {
        if (_console.ErrorsAreTerminal)
            _console.ErrorText.Write(ClearLine);
    }

    private string Describe()
    {
        var rate = (long)(_bytes / Math.Max(0.001, _console.Time.GetElapsedTime(_began).TotalSeconds));
        var share = _total is > 0 ? $" of {Units.Bytes(_total.Value)}, {100 * _bytes / _total.Value} %" : string.Empty;
        return $"{_name}: {Units.Bytes(_bytes)}{share}, {Units.Bytes(rate)}/s";
    }
}
