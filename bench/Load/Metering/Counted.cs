namespace Ensemble.Load.Metering;

/// <summary>What is looked at of all that Orleans tells of itself.</summary>
internal static class Counted
{
    /// <summary>Requests that were answered, counted where they were made, also inside a process; those between Orleans' own parts too.</summary>
    public const string Requests = "orleans-app-requests-latency";

    /// <summary>The method by which a silo pushes items of a stream.</summary>
    public const string StreamPush = "IStreamInbox/TakeAsync";

    private const string SentSize = "orleans-messaging-sent-messages-size";

    private const string CallPrefix = "call/";
    private const string OwnPrefix = "Orleans:";

    /// <summary>What the names of all interfaces of gates hold.</summary>
    private static readonly string[] Gates = ["Gate", "ModelCall"];

    public static readonly string[] Names = [Requests, SentSize];

    /// <summary>Messages, and their bytes, that left a process: <c>Request</c>, <c>Response</c> or <c>OneWay</c>.</summary>
    public static string Sent(string direction) => $"{SentSize}/{direction}";

    public static bool IsSent(string name) => name.StartsWith(SentSize, StringComparison.Ordinal);

    /// <summary>A call of a grain, or with items of a stream; or, told apart by <see cref="IsOwn"/>, between Orleans' own parts.</summary>
    /// <returns>Null where it is none: a run's events are read by several calls, and a trace that spans them all.</returns>
    public static string? Call(string source, string method) =>
        method == "IEnsembleRunGrain/ReadAsync" ? null
        : source == "Microsoft.Orleans.Application" ? $"{CallPrefix}{method}"
        : $"{CallPrefix}{OwnPrefix}{method}";

    /// <returns>The method; null where the name is of something else.</returns>
    public static string? CalledMethod(string name) => name.StartsWith(CallPrefix, StringComparison.Ordinal) ? name[CallPrefix.Length..] : null;

    /// <summary>Whether a called method is one of Orleans' directory, membership and the like.</summary>
    public static bool IsOwn(string method) => method.StartsWith(OwnPrefix, StringComparison.Ordinal);

    /// <summary>Whether a called method is one of a gate's, of a model, an ensemble or a caller.</summary>
    public static bool IsGate(string method)
    {
        var owner = method.Split('/')[0];
        return !IsOwn(method) && Gates.Any(gate => owner.Contains(gate, StringComparison.Ordinal));
    }
}
