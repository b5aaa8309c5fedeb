using System.Globalization;

namespace Ensemble.Fuzz.Tests;

/// <summary>How much is tried. The defaults take well under a minute; environment variables ask for more, or for another seed.</summary>
internal static class FuzzBudget
{
    /// <summary>Requests to the chat endpoint, from <c>ENSEMBLE_FUZZ_REQUESTS</c>. Default 3,000.</summary>
    public static int Requests { get; } = Read("ENSEMBLE_FUZZ_REQUESTS", 3_000);

    /// <summary>Upstream answers, from <c>ENSEMBLE_FUZZ_ANSWERS</c>. Default 3,000.</summary>
    public static int Answers { get; } = Read("ENSEMBLE_FUZZ_ANSWERS", 3_000);

    /// <summary>Requests to the admin endpoints and the dashboard's session, from <c>ENSEMBLE_FUZZ_ADMIN</c>. Default 1,500.</summary>
    public static int Admin { get; } = Read("ENSEMBLE_FUZZ_ADMIN", 1_500);

    /// <summary>From <c>ENSEMBLE_FUZZ_SEED</c>: the same seed tries the same inputs. Default 1.</summary>
    public static int Seed { get; } = Read("ENSEMBLE_FUZZ_SEED", 1);

    /// <summary>Longer than any deadline of the catalog: a request that takes longer hangs.</summary>
    public static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(30);

    private static int Read(string variable, int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : usual;
}
