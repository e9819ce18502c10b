namespace Sandbox.Grains.Secrets.Redaction;

/// <summary>
/// What has to be found in output: values, and the forms that programs commonly give them. An automaton (Aho and Corasick) that
/// reads each byte once, however many patterns there are and whatever they have in common. Immutable; shared by all who look.
/// </summary>
internal sealed class SecretPatterns
{
    /// <summary>What stands in the place of a value.</summary>
    public static ReadOnlySpan<byte> Mask => "***"u8;

    private const int Root = 0;

    private readonly Node[] _nodes;
    private readonly int[] _first = new int[256];

    private SecretPatterns(Node[] nodes)
    {
        _nodes = nodes;
        for (var child = nodes[Root].Child; child != 0; child = nodes[child].Sibling)
            _first[nodes[child].Byte] = child;
    }

    /// <summary>Compiles the forms of values; null where there are none.</summary>
    public static SecretPatterns? Of(IEnumerable<ReadOnlyMemory<byte>> values)
    {
        var trie = new Trie();
        foreach (var value in values)
        {
            foreach (var form in SecretForms.Of(value.Span))
                trie.Add(form);
        }

        return trie.IsEmpty ? null : new SecretPatterns(trie.Link());
    }

    /// <summary>The state after one more byte. It begins with 0.</summary>
    public int Next(int state, byte next)
    {
        while (state != Root)
        {
            for (var child = _nodes[state].Child; child != 0; child = _nodes[child].Sibling)
            {
                if (_nodes[child].Byte == next)
                    return child;
            }

            state = _nodes[state].Fallback;
        }

        return _first[next];
    }

    /// <summary>Length of the longest end of what was read that a pattern begins with: so much cannot be decided yet.</summary>
    public int Pending(int state) => _nodes[state].Depth;

    /// <summary>Length of the longest pattern that ends here; 0 for none.</summary>
    public int Match(int state) => _nodes[state].Match;

    private struct Node
    {
        public byte Byte;
        public int Child;
        public int Sibling;
        public int Fallback;
        public int Depth;
        public int Match;
    }

    private sealed class Trie
    {
        private readonly List<Node> _nodes = [default];

        public bool IsEmpty => _nodes.Count == 1;

        public void Add(ReadOnlySpan<byte> pattern)
        {
            var at = Root;
            foreach (var next in pattern)
                at = Find(at, next) is var child and not 0 ? child : Append(at, next);
            _nodes[at] = _nodes[at] with { Match = pattern.Length };
        }

        // By depth: what a node falls back to is less deep, and done.
        public Node[] Link()
        {
            var nodes = _nodes.ToArray();
            var queue = new Queue<int>([Root]);
            while (queue.TryDequeue(out var parent))
            {
                for (var child = nodes[parent].Child; child != 0; child = nodes[child].Sibling)
                {
                    nodes[child].Fallback = parent == Root ? Root : FallbackOf(nodes, nodes[parent].Fallback, nodes[child].Byte);
                    if (nodes[child].Match == 0)
                        nodes[child].Match = nodes[nodes[child].Fallback].Match;
                    queue.Enqueue(child);
                }
            }

            return nodes;
        }

        private static int FallbackOf(Node[] nodes, int state, byte next)
        {
            while (true)
            {
                for (var child = nodes[state].Child; child != 0; child = nodes[child].Sibling)
                {
                    if (nodes[child].Byte == next)
                        return child;
                }

                if (state == Root)
                    return Root;
                state = nodes[state].Fallback;
            }
        }

        private int Find(int parent, byte next)
        {
            var child = _nodes[parent].Child;
            while (child != 0 && _nodes[child].Byte != next)
                child = _nodes[child].Sibling;
            return child;
        }

        private int Append(int parent, byte next)
        {
            _nodes.Add(new Node { Byte = next, Sibling = _nodes[parent].Child, Depth = _nodes[parent].Depth + 1 });
            _nodes[parent] = _nodes[parent] with { Child = _nodes.Count - 1 };
            return _nodes.Count - 1;
        }
    }
}
