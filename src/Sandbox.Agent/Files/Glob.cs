namespace Sandbox.Agent.Files;

/// <summary>
/// A pattern for relative paths: <c>*</c> and <c>?</c> within a name, <c>**</c> for any number of folders, none included.
/// A pattern that matches a folder's name does not match what is inside.
/// </summary>
internal sealed class Glob
{
    private const string AnyFolders = "**";

    private readonly string[] parts;

    private Glob(string[] parts) => this.parts = parts;

    /// <summary>The pattern; null where it is none that could match.</summary>
    public static Glob? Parse(string? pattern)
    {
        string[] parts = pattern?.Split('/', StringSplitOptions.RemoveEmptyEntries) ?? [];
        parts = [.. parts.Where(part => part != ".")];
        return parts.Length == 0 || parts.Contains("..") || pattern!.StartsWith('/') ? null : new Glob(parts);
    }

    public bool Matches(ReadOnlySpan<string> path) => Matches(Start, path).Contains(parts.Length);

    /// <summary>Whether anything below a folder could match, so that the rest is not even looked at.</summary>
    public bool MayMatchBelow(ReadOnlySpan<string> folder) => Matches(Start, folder).Any(state => state < parts.Length);

    private HashSet<int> Start => Expand([0]);

    // How much of the pattern is used up after each name: a set, so that no pattern takes exponential time.
    private HashSet<int> Matches(HashSet<int> states, ReadOnlySpan<string> path)
    {
        foreach (string name in path)
        {
            var next = new HashSet<int>();
            foreach (int state in states)
            {
                if (state == parts.Length)
                    continue;
                if (parts[state] == AnyFolders)
                    next.Add(state);
                else if (NameMatches(parts[state], name))
                    next.Add(state + 1);
            }

            states = Expand(next);
        }

        return states;
    }

    // "**" may stand for no folder at all; at the end of a pattern it stands for everything below.
    private HashSet<int> Expand(HashSet<int> states)
    {
        for (int state = 0; state < parts.Length; state++)
        {
            if (states.Contains(state) && parts[state] == AnyFolders)
                states.Add(state + 1);
        }

        return states;
    }

    private static bool NameMatches(string pattern, string name)
    {
        int p = 0, n = 0, star = -1, resume = 0;
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                resume = n;
            }
            else if (p < pattern.Length && (pattern[p] == '?' || pattern[p] == name[n]))
            {
                // A character outside of the basic plane is one character, too.
                n += pattern[p] == '?' && char.IsSurrogatePair(name, n) ? 2 : 1;
                p++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                n = ++resume;
            }
            else
            {
                return false;
            }
        }

        return pattern.AsSpan(p).TrimStart('*').IsEmpty;
    }
}
