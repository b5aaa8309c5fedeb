using System.Text;
using System.Text.Json;
using Ensemble.Testing;
using Ensemble.Upstreams;
using Ensemble.Usage;

namespace Ensemble.Core.Tests.Runs;

public sealed class UsageEventConverterTests
{
    [Fact]
    public void Write_EverySubCall_IsWhatTheSerializerWrites()
    {
        foreach (var usage in Some())
        {
            var expected = Encoding.UTF8.GetString(JsonSerializer.SerializeToUtf8Bytes(usage, UsageEventContext.Default.UsageEvent));

            var manifest = Encoding.UTF8.GetString(RunManifestJson.Write(TestUsage.Ended(usage.Run, usage)));

            manifest.ShouldContain($"\"SubCalls\":[{{\"Usage\":{expected},");
        }
    }

    [Fact]
    public void Read_WhatWasWritten_IsTheSubCall()
    {
        foreach (var usage in Some())
        {
            RunManifestJson.Read(RunManifestJson.Write(TestUsage.Ended(usage.Run, usage))).SubCalls.ShouldHaveSingleItem().Usage.ShouldBe(usage);
        }
    }

    /// <summary>Of every outcome, step, role and source, with and without what may be missing, and with names that JSON escapes.</summary>
    private static IEnumerable<UsageEvent> Some()
    {
        var run = RunId.New();
        yield return TestUsage.SubCall(run);
        yield return TestUsage.Lost(run);
        yield return TestUsage.SubCall(run) with { Ensemble = "a\"<b>\u00e9\ud83d\udc28", Caller = "\n", Model = "\\", CostUsd = 79_228_162_514_264_337_593_543_950_335m };
        yield return TestUsage.SubCall(run) with { StartedAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, 600, TimeSpan.FromHours(-7)).AddTicks(7), Total = TimeSpan.FromDays(12.3456) };
        foreach (var outcome in Enum.GetValues<CallOutcome>())
        {
            yield return TestUsage.SubCall(run, outcome: outcome) with { FirstToken = TimeSpan.FromTicks((int)outcome) };
        }

        foreach (var step in Enum.GetValues<SubCallStep>())
        {
            yield return TestUsage.SubCall(run) with { Key = new SubCallKey(step, 3, 4), Role = (SubCallRole)((int)step % 3), Source = (UsageSource)((int)step % 3), Incarnation = 7 };
        }
    }
}
