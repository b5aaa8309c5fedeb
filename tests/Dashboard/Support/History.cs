using Ensemble.Testing;
using Ensemble.Upstreams;
using Ensemble.Usage;
using Microsoft.Extensions.DependencyInjection;

namespace Ensemble.Dashboard.Tests.Support;

/// <summary>Accounts of a gateway that has been at work for a while.</summary>
internal static class History
{
    private static readonly string[] Ensembles = ["council", "council", "council", "self-council", "sim-swift"];
    private static readonly string[] Models = ["sim-swift", "sim-steady", "sim-scholar", "sim-judge"];
    private static readonly string?[] Callers = ["team-search", "team-support", null];

    /// <summary>Runs of the last days, some of them failed, with pauses between them; the same ones each time but for when they were.</summary>
    public static Task WriteAsync(Site site, int days)
    {
        var random = new Random(17);
        var now = TimeProvider.System.GetUtcNow();
        var calls = new List<UsageEvent>();
        var runs = new List<RunManifest>();
        for (var at = now.AddDays(-days); at < now.AddMinutes(-5); at = at.AddMinutes(at.Hour is < 6 ? 400 : 5 + random.Next(30)))
        {
            var (ensemble, caller, id) = (Ensembles[random.Next(Ensembles.Length)], Callers[random.Next(Callers.Length)], RunId.New());
            var hasFailed = random.Next(14) == 0;
            UsageEvent[] ofRun = [.. Models.Select((model, member) => TestUsage.SubCall(id, member, hasFailed && member == 3 ? CallOutcome.TimedOut : CallOutcome.Ok) with
            {
                Ensemble = ensemble,
                Caller = caller,
                Model = model,
                Role = member == 3 ? SubCallRole.Judge : SubCallRole.Panel,
                StartedAt = at,
                Total = TimeSpan.FromMilliseconds(400 + random.Next(2600)),
                PromptTokens = 40 + random.Next(400),
                CompletionTokens = 20 + random.Next(900),
                CostUsd = random.Next(90) == 0 ? null : (member + 1) * random.Next(9000) / 1_000_000m,
            })];
            calls.AddRange(ofRun);
            runs.Add(TestUsage.Ended(id, ofRun) with
            {
                Ensemble = ensemble,
                Caller = caller,
                StartedAt = at,
                Total = TimeSpan.FromMilliseconds(1200 + random.Next(4000)),
                Outcome = hasFailed ? "judge_failed" : RunManifest.Completed,
                Agreement = hasFailed ? null : 0.5 + random.Next(50) / 100d,
                Degraded = random.Next(20) == 0 ? ["judge_failed"] : [],
            });
        }

        return site.Services.GetRequiredService<IUsageStore>()
            .WriteAsync(new UsageBatch(calls, [.. runs.Select(RunRecord.Of)]), TestContext.Current.CancellationToken);
    }
}
