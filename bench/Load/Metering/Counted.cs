namespace Ensemble.Load.Metering;

/// <summary>What is looked at of all that Orleans tells of itself.</summary>
internal static class Counted
{
    /// <summary>Requests that were answered, counted where they were made, also inside a process; those between Orleans' own parts too.</summary>
    public const string Requests = "orleans-app-requests-latency-count";

    /// <summary>Items that the agents of streams handed to their readers.</summary>
    public const string StreamItems = "orleans-streams-persistent-stream-messages-sent";

    private const string SentSize = "orleans-messaging-sent-messages-size";

    private const string CallPrefix = "call/";

    /// <summary>Requests are counted only while somebody listens to their sum.</summary>
    public static readonly string[] Names = [Requests, "orleans-app-requests-latency-sum", StreamItems, SentSize];

    /// <summary>Messages, and their bytes, that left a process: <c>Request</c>, <c>Response</c> or <c>OneWay</c>.</summary>
    public static string Sent(string direction) => $"{SentSize}/{direction}";

    public static bool IsSent(string name) => name.StartsWith(SentSize, StringComparison.Ordinal);

    /// <summary>Calls of a method of a grain.</summary>
    public static string Call(string method) => CallPrefix + method.Replace(' ', '_');

    /// <returns>The method; null where the name is of something else.</returns>
    public static string? CalledMethod(string name) => name.StartsWith(CallPrefix, StringComparison.Ordinal) ? name[CallPrefix.Length..] : null;
}
