using System.Text.Json;
using Ensemble.Chat;
using Ensemble.Grains.Usage;
using Ensemble.Usage;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Ensemble.Cluster.Tests.Serialization;

/// <summary>What watchers' streams and leases carry: it arrives as it was sent, and that of an earlier version is understood.</summary>
public sealed class UsageStreamBatchTests
{
    private static readonly Serializer Wire = new ServiceCollection().AddSerializer().BuildServiceProvider().GetRequiredService<Serializer>();

    private static readonly RunId Run = RunId.TryParse("0123456789abcdef0123456789abcdef", out var id) ? id : default;

    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    private static readonly UsageRow Call = new()
    {
        Run = Run,
        Incarnation = 2,
        Step = "candidate",
        Member = 3,
        Sample = 4,
        Ensemble = "council",
        Role = "panel",
        Model = "quokka",
        Caller = "anna",
        Outcome = "ok",
        Attempts = 5,
        StartedAt = Start,
        FirstToken = TimeSpan.FromMilliseconds(6),
        Total = TimeSpan.FromMilliseconds(7),
        PromptTokens = 8,
        CompletionTokens = 9,
        Source = "reported",
        CostUsd = 0.000123m,
    };

    private static readonly RunRecord Ended = new()
    {
        Run = Run,
        Incarnation = 2,
        Ensemble = "council",
        Strategy = "synthesize",
        Caller = "anna",
        Outcome = "completed",
        StartedAt = Start,
        Total = TimeSpan.FromMilliseconds(10),
        Agreement = 0.66,
        Degraded = ["judge_failed", "budget"],
        Usage = new UsageTotals { Reported = new TokenUsage(11, 7), EstimatedPromptTokens = 12, EstimatedCompletionTokens = 13, CostUsd = 0.000321m },
        Manifest = ReadOnlyMemory<byte>.Empty,
    };

    internal static readonly Dictionary<string, object> Messages = new(StringComparer.Ordinal)
    {
        ["usage-row"] = Call,
        ["usage-row-lost"] = Call with { Caller = null, FirstToken = null, PromptTokens = null, CompletionTokens = null, CostUsd = null, Outcome = "lost" },
        ["usage-row-kinds"] = Call with { CachedTokens = 5, CacheWriteTokens = 2, ReasoningTokens = 4 },
        ["run-record"] = Ended,
        ["run-record-failed"] = Ended with { Caller = null, Agreement = null, Degraded = [], Outcome = "cancelled" },
        ["usage-news"] = new UsageStreamBatch
        {
            Source = "silo.1",
            Number = 14,
            Calls = [Call, Call with { Member = 4 }],
            Runs = [Ended],
            Dropped = 15
        },
    };

    public static TheoryData<string> Names => [.. Messages.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Message_ThereAndBack_IsTheSame(string name) => Picture(Wire.Deserialize<object>(Wire.SerializeToArray(Messages[name]))).ShouldBe(Picture(Messages[name]));

    [Theory]
    [MemberData(nameof(Names))]
    public void Message_OfTheFirstVersion_IsUnderstood(string name) =>
        Picture(Wire.Deserialize<object>(Convert.FromBase64String(FrozenMessages.Usage[name]))).ShouldBe(Picture(Messages[name]));

    [Fact]
    public void Run_WithAManifest_LeavesItBehind() =>
        Wire.Deserialize<RunRecord>(Wire.SerializeToArray(Ended with { Manifest = new byte[] { 1, 2, 3 } }))!.Manifest.Length.ShouldBe(0);

    private static string Picture(object? message) => $"{message.ShouldNotBeNull().GetType()} {JsonSerializer.Serialize(message)}";

    [Fact]
    public void Row_WithAFormerWord_IsReadWithItsCurrentOne()
    {
        var row = Wire.Deserialize<UsageRow>(Wire.SerializeToArray(Call with { Outcome = "over_budget" })).ShouldNotBeNull();

        row.Outcome.ShouldBe("budget_exceeded");
    }
}
