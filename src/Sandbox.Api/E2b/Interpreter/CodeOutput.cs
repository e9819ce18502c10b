using System.Text;
using Sandbox.Grains.Abstractions.Output;

namespace Sandbox.Api.E2b.Interpreter;

/// <summary>Output that has not been told yet: neighbouring pieces of one stream. A character that is cut between two pieces is whole again here.</summary>
internal sealed class CodeOutput(TimeProvider time)
{
    private const int MostCharacters = 64 * 1024;

    private readonly StringBuilder _text = new();
    private readonly Decoder _stdout = Encoding.UTF8.GetDecoder();
    private readonly Decoder _stderr = Encoding.UTF8.GetDecoder();
    private string _kind = OutputEventKinds.Stdout;

    private long _since;

    public bool IsEmpty => _text.Length == 0;

    /// <summary>For how long the first of it has been here.</summary>
    public TimeSpan Age => IsEmpty ? TimeSpan.Zero : time.GetElapsedTime(_since);

    /// <summary>Whether what comes from a stream goes with what is here.</summary>
    public bool Takes(string kind) => IsEmpty || (_kind == kind && _text.Length < MostCharacters);

    public void Add(string kind, byte[] data)
    {
        if (IsEmpty)
            _since = time.GetTimestamp();
        _kind = kind;
        var decoder = kind == OutputEventKinds.Stdout ? _stdout : _stderr;
        var characters = new char[Encoding.UTF8.GetMaxCharCount(data.Length)];
        _text.Append(characters, 0, decoder.GetChars(data, characters, flush: false));
    }

    /// <summary>What is here, which then is not any more.</summary>
    public (string Kind, string Text)? Take()
    {
        if (IsEmpty)
            return null;
        var text = _text.ToString();
        _text.Clear();
        return (_kind, text);
    }
}
