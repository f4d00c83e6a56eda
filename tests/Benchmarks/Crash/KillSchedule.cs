namespace CrashBenchmark;

/// <summary>What a kill waits for.</summary>
public enum KillAfter
{
    /// <summary>A part of the time that a start takes, counted from the start of the process.</summary>
    PartOfAStart,

    /// <summary>A part of the longest life, counted from readiness.</summary>
    PartOfALife,

    /// <summary>A number of acknowledged writes, so that slow machines are killed at work, too.</summary>
    Work,
}

/// <param name="Fraction">Of whatever is waited for.</param>
public readonly record struct Kill(KillAfter After, double Fraction);

/// <summary>The same seed kills at the same instants, as far as clocks allow.</summary>
public sealed class KillSchedule(int seed)
{
    private readonly Random _random = new(seed);

    public Kill Next() => new(
        _random.NextDouble() switch
        {
            < 0.3 => KillAfter.PartOfAStart,
            < 0.65 => KillAfter.PartOfALife,
            _ => KillAfter.Work,
        },
        _random.NextDouble());
}
