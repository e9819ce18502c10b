using System.Globalization;
using System.Text.RegularExpressions;

namespace Sandbox.Packages.Python;

/// <summary>A version as PEP 440 writes and orders it.</summary>
internal sealed partial class PythonVersion : IComparable<PythonVersion>
{
    private const int MaxLength = 128;

    private readonly (int Kind, long Number) _pre;
    private readonly long? _post;
    private readonly long? _dev;
    private readonly string[]? _local;

    private PythonVersion(long epoch, long[] release, (int, long) pre, long? post, long? dev, string[]? local) =>
        (Epoch, Release, _pre, _post, _dev, _local) = (epoch, release, pre, post, dev, local);

    /// <summary>What a change of numbering is told by; 0 if there was none.</summary>
    public long Epoch { get; }

    /// <summary>The numbers of the release.</summary>
    public IReadOnlyList<long> Release { get; }

    /// <summary>Whether it comes before a release: alpha, beta, candidate or development.</summary>
    public bool IsPrerelease => _pre.Kind < NoPre || _dev is not null;

    /// <summary>Whether it comes after a release.</summary>
    public bool IsPostrelease => _post is not null;

    /// <summary>Whether somebody who is not the author made it.</summary>
    public bool IsLocal => _local is not null;

    /// <summary>It without the local part.</summary>
    public PythonVersion Public => IsLocal ? new(Epoch, [.. Release], _pre, _post, _dev, null) : this;

    /// <summary>Its epoch and release alone.</summary>
    public PythonVersion Base => new(Epoch, [.. Release], (NoPre, 0), null, null, null);

    // Kinds of pre-releases in their order; a development release of no pre-release comes before all of them.
    private const int DevOnly = -1;
    private const int NoPre = 3;

    /// <summary>Reads one; null if it is none.</summary>
    public static PythonVersion? Parse(string text)
    {
        if (text.Length > MaxLength || Pattern().Match(text) is not { Success: true } match)
            return null;
        var groups = match.Groups;
        if (!Number(groups["epoch"], out var epoch) || !Numbers(groups["release"].Value, out var release)
            || !Number(groups["pre_n"], out var pre) || !Number(groups["dev_n"], out var dev)
            || !Number(groups["post_n1"].Success ? groups["post_n1"] : groups["post_n2"], out var post))
            return null;
        return new PythonVersion(
            epoch,
            release,
            groups["pre"].Success ? (Kind(groups["pre_l"].Value), pre) : (NoPre, 0),
            groups["post"].Success ? post : null,
            groups["dev"].Success ? dev : null,
            groups["local"].Success ? groups["local"].Value.ToLowerInvariant().Split('.', '-', '_') : null);
    }

    /// <inheritdoc/>
    public int CompareTo(PythonVersion? other)
    {
        if (other is null)
            return 1;
        var order = Epoch.CompareTo(other.Epoch);
        if (order == 0)
            order = CompareReleases(other);
        if (order == 0)
            order = PreKey.CompareTo(other.PreKey);
        if (order == 0)
            order = (_post ?? -1).CompareTo(other._post ?? -1);
        if (order == 0)
            order = (_dev ?? long.MaxValue).CompareTo(other._dev ?? long.MaxValue);
        return order != 0 ? order : CompareLocals(other);
    }

    /// <summary>Whether both are the same version, however they are written.</summary>
    public bool Is(PythonVersion other) => CompareTo(other) == 0;

    /// <summary>Whether the release begins with these numbers, as if it had zeros at its end.</summary>
    public bool BeginsWith(long epoch, IReadOnlyList<long> numbers)
    {
        for (var at = 0; at < numbers.Count; at++)
        {
            if (ReleaseAt(at) != numbers[at])
                return false;
        }

        return Epoch == epoch;
    }

    private (int, long) PreKey => _pre.Kind == NoPre && _post is null && _dev is not null ? (DevOnly, 0) : _pre;

    private long ReleaseAt(int at) => at < Release.Count ? Release[at] : 0;

    private int CompareReleases(PythonVersion other)
    {
        for (var at = 0; at < Math.Max(Release.Count, other.Release.Count); at++)
        {
            if (ReleaseAt(at).CompareTo(other.ReleaseAt(at)) is var order and not 0)
                return order;
        }

        return 0;
    }

    private int CompareLocals(PythonVersion other)
    {
        if (_local is null || other._local is null)
            return (_local is not null).CompareTo(other._local is not null);
        for (var at = 0; at < Math.Min(_local.Length, other._local.Length); at++)
        {
            if (CompareSegments(_local[at], other._local[at]) is var order and not 0)
                return order;
        }

        return _local.Length.CompareTo(other._local.Length);
    }

    // Numbers are after words, and have no greatest one.
    private static int CompareSegments(string left, string right)
    {
        var (leftIsNumber, rightIsNumber) = (left.All(char.IsAsciiDigit), right.All(char.IsAsciiDigit));
        if (leftIsNumber != rightIsNumber)
            return leftIsNumber.CompareTo(rightIsNumber);
        if (!leftIsNumber)
            return string.CompareOrdinal(left, right);
        (left, right) = (left.TrimStart('0'), right.TrimStart('0'));
        return left.Length != right.Length ? left.Length.CompareTo(right.Length) : string.CompareOrdinal(left, right);
    }

    private static int Kind(string word) => char.ToLowerInvariant(word[0]) switch { 'a' => 0, 'b' => 1, _ => 2 };

    private static bool Numbers(string text, out long[] numbers)
    {
        var parts = text.Split('.');
        numbers = new long[parts.Length];
        for (var at = 0; at < parts.Length; at++)
        {
            if (!long.TryParse(parts[at], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[at]))
                return false;
        }

        return true;
    }

    // A number that is left out is 0.
    private static bool Number(Group group, out long number)
    {
        number = 0;
        return !group.Success || group.Length == 0 || long.TryParse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    // PEP 440, appendix B, with ASCII digits only.
    [GeneratedRegex(
        """
        ^\s*v?
        (?:(?<epoch>[0-9]+)!)?
        (?<release>[0-9]+(?:\.[0-9]+)*)
        (?<pre>[-_.]?(?<pre_l>alpha|beta|preview|pre|a|b|c|rc)[-_.]?(?<pre_n>[0-9]+)?)?
        (?<post>-(?<post_n1>[0-9]+)|[-_.]?(?:post|rev|r)[-_.]?(?<post_n2>[0-9]+)?)?
        (?<dev>[-_.]?dev[-_.]?(?<dev_n>[0-9]+)?)?
        (?:\+(?<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?
        \s*\z
        """,
        RegexOptions.IgnoreCase | RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
