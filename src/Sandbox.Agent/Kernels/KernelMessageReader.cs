using System.Text.Json;
using Sandbox.Protocol;

namespace Sandbox.Agent.Kernels;

internal enum KernelMessageKind
{
    /// <summary>The kernel waits for code.</summary>
    Ready,

    /// <summary>The value of the last expression.</summary>
    Result,
}

/// <summary>
/// Reads a kernel's messages: a line of JSON each, <c>{"type":"ready"}</c> or <c>{"type":"result","value":…}</c>.
/// </summary>
internal sealed class KernelMessageReader
{
    /// <summary>Longest line: a result and what is around it.</summary>
    private const int MostLineBytes = ExecLimits.MaxResultBytes + 256;

    private const int MostDepth = 512;

    private byte[] line = [];
    private int length;
    private bool skipping;

    public delegate void Handler(KernelMessageKind kind, ReadOnlySpan<byte> value);

    public void Add(ReadOnlySpan<byte> bytes, Handler handler)
    {
        while (!bytes.IsEmpty)
        {
            int end = bytes.IndexOf((byte)'\n');
            Keep(end < 0 ? bytes : bytes[..end]);
            if (end < 0)
                return;
            if (!skipping && TryParse(line.AsSpan(0, length), out KernelMessageKind kind, out ReadOnlySpan<byte> value))
                handler(kind, value);
            skipping = false;
            length = 0;
            bytes = bytes[(end + 1)..];
        }
    }

    private void Keep(ReadOnlySpan<byte> part)
    {
        if (skipping || length + part.Length > MostLineBytes)
        {
            skipping = true;
            line = [];
            length = 0;
            return;
        }

        if (length + part.Length > line.Length)
            Array.Resize(ref line, Math.Max(length + part.Length, Math.Min(MostLineBytes, line.Length * 2)));
        part.CopyTo(line.AsSpan(length));
        length += part.Length;
    }

    private static bool TryParse(ReadOnlySpan<byte> json, out KernelMessageKind kind, out ReadOnlySpan<byte> value)
    {
        kind = KernelMessageKind.Ready;
        value = default;
        bool typed = false;
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MostDepth });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isType = reader.ValueTextEquals("type"u8);
                bool isValue = reader.ValueTextEquals("value"u8);
                reader.Read();
                if (isType && reader.TokenType == JsonTokenType.String)
                {
                    kind = reader.ValueTextEquals("ready"u8) ? KernelMessageKind.Ready : KernelMessageKind.Result;
                    typed = kind == KernelMessageKind.Ready || reader.ValueTextEquals("result"u8);
                }

                int from = (int)reader.TokenStartIndex;
                reader.Skip();
                if (isValue)
                    value = json[from..(int)reader.BytesConsumed];
            }

            return typed && !reader.Read() && (kind == KernelMessageKind.Ready || value.Length is > 0 and <= ExecLimits.MaxResultBytes);
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
