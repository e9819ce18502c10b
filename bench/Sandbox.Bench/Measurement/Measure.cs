namespace Sandbox.Bench.Measurement;

/// <summary>One line of the result: a value, what it is held against, and whether it is met.</summary>
internal sealed record Measure
{
    /// <summary>Name of the scenario that it comes from.</summary>
    public required string Scenario { get; init; }

    /// <summary>What was measured.</summary>
    public required string Name { get; init; }

    /// <summary>Unit of the value, of the target and of the baselines.</summary>
    public required string Unit { get; init; }

    /// <summary>The value; none where it could not be measured.</summary>
    public double? Value { get; init; }

    /// <summary>The bound; none where there is nothing to hold.</summary>
    public Target? Target { get; init; }

    /// <summary>The same work by others, in the same run.</summary>
    public IReadOnlyList<BaselineValue> Baselines { get; init; } = [];

    /// <summary>What a reader must know, such as why there is no value.</summary>
    public string? Note { get; init; }

    /// <summary>Whether measuring itself failed; the note says how.</summary>
    public bool HasFailed { get; init; }

    /// <summary>Whether the value keeps its target; null where one of the two is missing.</summary>
    public bool? Met => Value is { } value && Target is { } target ? target.IsMetBy(value) : null;
}

/// <summary>A bound for a value.</summary>
/// <param name="Bound">The number.</param>
/// <param name="IsMost">True for an upper bound.</param>
/// <param name="Meaning">Where the number comes from; empty when it is fixed.</param>
internal sealed record Target(double Bound, bool IsMost, string Meaning)
{
    public static Target AtMost(double bound, string meaning = "") => new(bound, true, meaning);

    public static Target AtLeast(double bound, string meaning = "") => new(bound, false, meaning);

    public bool IsMetBy(double value) => IsMost ? value <= Bound : value >= Bound;
}

/// <summary>What somebody else needed for the same.</summary>
internal sealed record BaselineValue(string Name, double Value);
