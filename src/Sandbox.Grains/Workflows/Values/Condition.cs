using System.Collections.Frozen;

namespace Sandbox.Grains.Workflows.Values;

/// <summary>
/// A step's condition: comparisons of earlier results and constants, joined by <c>&amp;&amp;</c>, <c>||</c> and <c>!</c>. It calls nothing, has no
/// loops, and takes as long as it is.
/// </summary>
internal sealed class Condition
{
    private readonly ConditionNode _root;

    private Condition(ConditionNode root)
    {
        _root = root;
        References = [.. root.References()];
        AskedStatuses = References.Where(static reference => reference is { Step: not null, Member: ValueMembers.Status })
            .Select(static reference => reference.Step!).ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>The values that it names.</summary>
    public IReadOnlyList<ValueReference> References { get; }

    /// <summary>Steps for whose status it asks.</summary>
    public IReadOnlySet<string> AskedStatuses { get; }

    /// <summary>Reads one; or what is wrong with it.</summary>
    public static (Condition? Condition, string? Fault) Parse(string text)
    {
        try
        {
            return (new Condition(new ConditionParser(text).Read()), null);
        }
        catch (FormatException e)
        {
            return (null, e.Message);
        }
    }

    /// <summary>Whether it is met.</summary>
    public bool IsMet(Func<ValueReference, StepValue> value) => _root.Evaluate(value).IsTrue;
}

/// <summary>A part of a condition.</summary>
internal abstract record ConditionNode
{
    public abstract StepValue Evaluate(Func<ValueReference, StepValue> value);

    public virtual IEnumerable<ValueReference> References() => [];

    public sealed record Constant(StepValue Value) : ConditionNode
    {
        public override StepValue Evaluate(Func<ValueReference, StepValue> value) => Value;
    }

    public sealed record Named(ValueReference Reference) : ConditionNode
    {
        public override StepValue Evaluate(Func<ValueReference, StepValue> value)
        {
            var found = value(Reference);
            // Programs end what they print with a line break; nobody compares with that.
            return Reference is { Step: not null, Member: ValueMembers.Stdout or ValueMembers.Stderr } ? StepValue.Of(found.Text.TrimEnd('\r', '\n')) : found;
        }

        public override IEnumerable<ValueReference> References() => [Reference];
    }

    public sealed record Not(ConditionNode Inner) : ConditionNode
    {
        public override StepValue Evaluate(Func<ValueReference, StepValue> value) => StepValue.Of(!Inner.Evaluate(value).IsTrue);

        public override IEnumerable<ValueReference> References() => Inner.References();
    }

    public sealed record Both(ConditionNode Left, string Operator, ConditionNode Right) : ConditionNode
    {
        public override StepValue Evaluate(Func<ValueReference, StepValue> value) => StepValue.Of(Operator switch
        {
            "&&" => Left.Evaluate(value).IsTrue && Right.Evaluate(value).IsTrue,
            "||" => Left.Evaluate(value).IsTrue || Right.Evaluate(value).IsTrue,
            _ => Compare(Left.Evaluate(value), Right.Evaluate(value)),
        });

        public override IEnumerable<ValueReference> References() => Left.References().Concat(Right.References());

        private bool Compare(StepValue left, StepValue right) => Operator switch
        {
            "==" => AreEqual(left, right),
            "!=" => !AreEqual(left, right),
            "contains" => !left.IsNull && !right.IsNull && left.Text.Contains(right.Text, StringComparison.Ordinal),
            _ => Order(left, right) is { } order && Operator switch
            {
                "<" => order < 0,
                "<=" => order <= 0,
                ">" => order > 0,
                _ => order >= 0,
            },
        };

        private static bool AreEqual(StepValue left, StepValue right)
        {
            if (left.IsNull || right.IsNull)
                return left.IsNull && right.IsNull;
            return left.IsNumber || right.IsNumber ? left.Number == right.Number && left.Number is not null : left.Text == right.Text;
        }

        // A number is compared with a text that says one; two texts as texts; nothing else has an order.
        private static int? Order(StepValue left, StepValue right)
        {
            if (left.IsNull || right.IsNull)
                return null;
            if (!left.IsNumber && !right.IsNumber)
                return string.CompareOrdinal(left.Text, right.Text);
            return left.Number is { } a && right.Number is { } b ? a.CompareTo(b) : null;
        }
    }
}
