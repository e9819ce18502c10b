namespace Sandbox.Bench.Reporting;

/// <summary>Tells on standard error what goes on: in place on a terminal, a line per scenario elsewhere.</summary>
internal sealed class Progress
{
    private readonly bool _isTerminal = !Console.IsErrorRedirected;
    private bool _isOpen;

    /// <summary>Something new begins.</summary>
    public void Begin(string what)
    {
        End();
        Console.Error.WriteLine(what);
    }

    /// <summary>A part of it begins.</summary>
    public void Say(string what)
    {
        if (_isTerminal)
            Overwrite(what);
        else
            Console.Error.WriteLine("  " + what);
    }

    /// <summary>One of many like parts begins; told on terminals only.</summary>
    public void Step(string what, int number, int count)
    {
        if (_isTerminal)
            Overwrite($"{what} {number} of {count}");
    }

    /// <summary>The next text begins on a line of its own.</summary>
    public void End()
    {
        if (_isOpen)
            Overwrite(string.Empty);
        _isOpen = false;
    }

    private void Overwrite(string text)
    {
        Console.Error.Write(text.Length == 0 ? "\r\u001b[K" : "\r\u001b[K  " + text);
        _isOpen = true;
    }
}
