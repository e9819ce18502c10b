namespace Sandbox.Cli.Terminal;

/// <summary>Colours, where there is a terminal that wants them.</summary>
internal sealed class Style(bool enabled)
{
    /// <summary>Whether there are any; the command line may say otherwise than the terminal.</summary>
    public bool Enabled { get; set; } = enabled;

    public string Red(string text) => Paint("31", text);

    public string Green(string text) => Paint("32", text);

    public string Yellow(string text) => Paint("33", text);

    public string Faint(string text) => Paint("2", text);

    public string Status(string status) => status switch
    {
        "succeeded" or "ready" => Green(status),
        "failed" or "timed_out" => Red(status),
        "running" or "queued" or "busy" => Yellow(status),
        _ => Faint(status),
    };

    private string Paint(string code, string text) => Enabled ? $"\e[{code}m{text}\e[0m" : text;
}
