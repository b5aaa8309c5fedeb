using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Ensemble.Load;

/// <summary>
/// How the parts name what they ask of each other. An ensemble <c>bench-3-50ms</c> is three members and a judge that each take 50 ms;
/// the stub reads role and latency off the model's name, <c>panel-1-50ms</c> or <c>judge-50ms</c>. In <see cref="Tokens"/> the members answer at
/// once, and the judge <c>ticker-20ms</c> streams a token every 20 ms.
/// </summary>
internal static class Names
{
    public const string ChatPath = "/v1/chat/completions";

    public const string ReadyPath = "/readyz";

    public const string CallerKey = "sk-bench-caller-0123456789abcdef";

    /// <summary>An ensemble of <see cref="TokenPanel"/> members and a judge that streams.</summary>
    public const string Tokens = "bench-tokens";

    public const int TokenPanel = 3;

    /// <summary>Milliseconds from one streamed token to the next.</summary>
    public const int TokenInterval = 20;

    /// <summary>Tokens of each streamed answer.</summary>
    public const int TokenCount = 50;

    public static readonly string Ticker = $"ticker-{TokenInterval}ms";

    public static string Ensemble(int panel, int milliseconds) => $"bench-{panel}-{milliseconds}ms";

    public static string Member(int number, int milliseconds) => $"panel-{number}-{milliseconds}ms";

    public static string Judge(int milliseconds) => $"judge-{milliseconds}ms";

    public static bool TryReadEnsemble([NotNullWhen(true)] string? alias, out int panel, out int milliseconds)
    {
        panel = milliseconds = 0;
        return alias?.Split('-') is ["bench", var size, var latency]
            && int.TryParse(size, NumberStyles.None, provider: null, out panel)
            && TryReadLatency(latency, out milliseconds);
    }

    public static bool TryReadModel(string model, out bool isJudge, out int milliseconds)
    {
        var parts = model.Split('-');
        isJudge = parts is ["judge" or "ticker", _];
        milliseconds = 0;
        return (isJudge || parts is ["panel", _, _]) && TryReadLatency(parts[^1], out milliseconds);
    }

    private static bool TryReadLatency(string text, out int milliseconds)
    {
        milliseconds = 0;
        return text.EndsWith("ms", StringComparison.Ordinal)
            && int.TryParse(text.AsSpan(0, text.Length - 2), NumberStyles.None, provider: null, out milliseconds);
    }
}
