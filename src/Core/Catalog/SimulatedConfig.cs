using System.Text.RegularExpressions;

namespace Ensemble.Catalog;

/// <summary>How a simulated model behaves. The same seed and the same request give the same answer at the same pace.</summary>
public sealed record SimulatedConfig
{
    public int Seed { get; init; }

    /// <summary>Shortest time to the first token. Default 150 ms.</summary>
    public TimeSpan MinLatency { get; init; } = TimeSpan.FromMilliseconds(150);

    /// <summary>Longest time to the first token. Default 450 ms.</summary>
    public TimeSpan MaxLatency { get; init; } = TimeSpan.FromMilliseconds(450);

    /// <summary>Pace after the first token; 0 = all at once. Default 80.</summary>
    public double TokensPerSecond { get; init; } = 80;

    /// <summary>Share of calls that fail with a 503, from 0 to 1. Default 0.</summary>
    public double FailureRate { get; init; }

    /// <summary>Share of questions with a known answer that it gets right, from 0 to 1. Default 0.8.</summary>
    public double Accuracy { get; init; } = 0.8;

    /// <summary>
    /// Share of questions on which all simulated models draw their errors together, from 0 to 1: those of equal accuracy then err at once
    /// and in the same way. Default 0, errors that are independent.
    /// </summary>
    public double Correlation { get; init; }

    /// <summary>Answers by pattern, tried in order against the last user message, before the built-in ones.</summary>
    public IReadOnlyList<SimulatedAnswer> Answers { get; init; } = [];
}

/// <summary>What a simulated model says where <see cref="Match"/> matches.</summary>
/// <param name="Match">Matched against the text of the last user message, with a time limit.</param>
/// <param name="Text">The right answer.</param>
/// <param name="Wrong">Wrong answers, one of which is given when the model errs; empty = it never errs here.</param>
public sealed record SimulatedAnswer(Regex Match, string Text, IReadOnlyList<string> Wrong);
