using System.Text.Json;
using System.Text.Unicode;
using Sandbox.Protocol;

namespace Sandbox.Agent.Kernels;

internal enum KernelMessageKind
{
    /// <summary>The kernel waits for code.</summary>
    Ready,

    /// <summary>The value of a job's last expression.</summary>
    Result,

    /// <summary>Something that a step shows: a line of <see cref="OutputStream.Rich"/>.</summary>
    Rich,

    /// <summary>A step is over.</summary>
    Done,
}

/// <summary>
/// Understands a line from a kernel: <c>{"type":"ready"}</c>, <c>{"type":"result","value":…}</c> of a job, and of a step
/// <c>{"type":"display"|"result","data":{…}}</c>, <c>{"type":"error","name":…}</c>, <c>{"type":"done","step":ID,"exitCode":N}</c>.
/// </summary>
internal static class KernelMessage
{
    private const int MostDepth = 512;

    /// <param name="line">The line.</param>
    /// <param name="kind">What it is.</param>
    /// <param name="value">The value of a result; of rich output and of the end of a step the whole line.</param>
    public static bool TryParse(ReadOnlySpan<byte> line, out KernelMessageKind kind, out ReadOnlySpan<byte> value)
    {
        kind = KernelMessageKind.Ready;
        value = default;
        try
        {
            var members = new Members(line);
            if (members.Type.SequenceEqual("ready"u8))
                return true;
            if (members.Type.SequenceEqual("done"u8))
                return Is(KernelMessageKind.Done, line, out kind, out value);
            if (members.Type.SequenceEqual("result"u8) && members.Value.Length is > 0 and <= ExecLimits.MaxResultBytes)
                return Is(KernelMessageKind.Result, members.Value, out kind, out value);
            return members.IsRich && Utf8.IsValid(line) && Is(KernelMessageKind.Rich, line, out kind, out value);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Whether a <see cref="KernelMessageKind.Done"/> is of this step: one that is late, or forged, is of another.</summary>
    public static bool IsEndOf(string step, ReadOnlySpan<byte> line, out int exitCode)
    {
        var members = new Members(line);
        exitCode = members.ExitCode;
        return exitCode is >= 0 and <= byte.MaxValue && members.Step.SequenceEqual(System.Text.Encoding.ASCII.GetBytes(step));
    }

    private static bool Is(KernelMessageKind found, ReadOnlySpan<byte> text, out KernelMessageKind kind, out ReadOnlySpan<byte> value)
    {
        kind = found;
        value = text;
        return true;
    }

    /// <summary>The members that mean something, as they are written; escapes in a type or an id make it another one.</summary>
    private readonly ref struct Members
    {
        private readonly bool hasData;
        private readonly bool hasName;

        public Members(ReadOnlySpan<byte> json)
        {
            ExitCode = -1;
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MostDepth });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return;
            ReadOnlySpan<byte> type = default;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                ReadOnlySpan<byte> name = reader.ValueSpan;
                reader.Read();
                bool isText = reader.TokenType == JsonTokenType.String;
                if (name.SequenceEqual("type"u8))
                    type = isText ? reader.ValueSpan : default;
                else if (name.SequenceEqual("step"u8))
                    Step = isText ? reader.ValueSpan : default;
                else if (name.SequenceEqual("exitCode"u8))
                    ExitCode = reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out int code) ? code : -1;
                else if (name.SequenceEqual("data"u8))
                    hasData = reader.TokenType == JsonTokenType.StartObject;
                else if (name.SequenceEqual("name"u8))
                    hasName = isText;
                int from = (int)reader.TokenStartIndex;
                reader.Skip();
                if (name.SequenceEqual("value"u8))
                    Value = json[from..(int)reader.BytesConsumed];
            }

            // Whatever follows the object makes it no message.
            if (!reader.Read())
                Type = type;
        }

        public ReadOnlySpan<byte> Type { get; }

        public ReadOnlySpan<byte> Value { get; }

        public ReadOnlySpan<byte> Step { get; }

        public int ExitCode { get; }

        public bool IsRich => Type.SequenceEqual("error"u8) ? hasName
            : hasData && (Type.SequenceEqual("display"u8) || Type.SequenceEqual("result"u8));
    }
}
