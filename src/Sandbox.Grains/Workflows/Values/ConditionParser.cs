using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Sandbox.Grains.Workflows.Values;

/// <summary>
/// Reads a condition: <c>or := and ('||' and)*</c>, <c>and := not ('&amp;&amp;' not)*</c>, <c>not := '!' not | comparison</c>,
/// <c>comparison := operand (operator operand)?</c>. Bounded in length and depth.
/// </summary>
internal sealed partial class ConditionParser(string text)
{
    /// <summary>Longest condition, in characters.</summary>
    public const int MaxLength = 2000;

    private const int MaxDepth = 32;

    private List<string> _tokens = [];
    private int _at;
    private int _depth;

    private string? Next => _at < _tokens.Count ? _tokens[_at] : null;

    /// <exception cref="FormatException">It is no condition; the message says why.</exception>
    public ConditionNode Read()
    {
        if (text.Length > MaxLength)
            throw new FormatException($"The condition has more than {MaxLength} characters.");
        _tokens = Split();
        var node = Or();
        return Next is null ? node : throw Unexpected();
    }

    private ConditionNode Or()
    {
        if (++_depth > MaxDepth)
            throw new FormatException($"The condition is nested deeper than {MaxDepth} times.");
        var node = And();
        while (Take("||"))
            node = new ConditionNode.Both(node, "||", And());
        _depth--;
        return node;
    }

    private ConditionNode And()
    {
        var node = Not();
        while (Take("&&"))
            node = new ConditionNode.Both(node, "&&", Not());
        return node;
    }

    private ConditionNode Not()
    {
        var negated = false;
        while (Take("!"))
            negated = !negated;
        var node = Comparison();
        return negated ? new ConditionNode.Not(node) : node;
    }

    private ConditionNode Comparison()
    {
        var left = Operand();
        if (Next is not ("==" or "!=" or "<" or "<=" or ">" or ">=" or "contains"))
            return left;
        var operation = _tokens[_at++];
        return new ConditionNode.Both(left, operation, Operand());
    }

    private ConditionNode Operand()
    {
        if (Take("("))
        {
            var inner = Or();
            return Take(")") ? inner : throw Unexpected();
        }

        if (Next is not { } token)
            throw new FormatException("The condition ends where a value is expected.");
        _at++;
        if (token[0] is '\'' or '"')
            return new ConditionNode.Constant(StepValue.Of(Unquote(token)));
        if (token is "true" or "false")
            return new ConditionNode.Constant(StepValue.Of(token == "true"));
        if (token == "null")
            return new ConditionNode.Constant(StepValue.Null);
        if (double.TryParse(token, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
            return new ConditionNode.Constant(StepValue.Of(number));
        var name = token.StartsWith("${", StringComparison.Ordinal) ? token[2..^1] : token;
        if (!name.StartsWith("steps.", StringComparison.Ordinal) && !name.StartsWith("memory.", StringComparison.Ordinal))
        {
            _at--;
            throw Unexpected();
        }

        var (reference, fault) = ValueReference.Parse(name);
        return reference is not null ? new ConditionNode.Named(reference) : throw new FormatException(fault);
    }

    private bool Take(string token)
    {
        if (Next != token)
            return false;
        _at++;
        return true;
    }

    private List<string> Split()
    {
        var tokens = new List<string>();
        var at = 0;
        foreach (Match match in Token().Matches(text))
        {
            if (!string.IsNullOrWhiteSpace(text[at..match.Index]))
                break;
            tokens.Add(match.Value);
            at = match.Index + match.Length;
        }

        return string.IsNullOrWhiteSpace(text[at..]) ? tokens : throw new FormatException($"Character {at + 1} of the condition is not understood.");
    }

    private static string Unquote(string token)
    {
        var value = new StringBuilder(token.Length);
        for (var i = 1; i < token.Length - 1; i++)
        {
            if (token[i] == '\\')
                i++;
            value.Append(token[i]);
        }

        return value.ToString();
    }

    private FormatException Unexpected() => new(Next is { } token
        ? $"'{token}' is not expected in the condition where it stands: it compares steps.ID.MEMBER, memory.KEY, numbers, 'texts', true, false and null."
        : "The condition ends too early.");

    [GeneratedRegex("""\$\{[^}\x00-\x1f]*\}|'(\\.|[^'\\])*'|"(\\.|[^"\\])*"|&&|\|\||[=!<>]=|[<>!()]|[A-Za-z0-9_.+-]+""", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Token();
}
