using System.Diagnostics;
using System.Diagnostics.Metrics;
using Ensemble.Chat;
using Ensemble.Upstreams;
using Ensemble.Usage;

namespace Ensemble.Telemetry;

/// <summary>
/// Measures runs and their sub-calls by the accounts that they leave: one place, and nothing on the way of a run. Labels are aliases of the
/// catalog and words of this product, never a caller's.
/// </summary>
public sealed class RunInstruments : IUsageSink
{
    private readonly Instrument[] _all;
    private readonly Histogram<double> _operations;
    private readonly Histogram<long> _tokens;
    private readonly Counter<long> _tokenKinds;
    private readonly Histogram<double> _firstTokens;
    private readonly Counter<long> _subCalls;
    private readonly Counter<double> _cost;
    private readonly Counter<long> _runs;
    private readonly Histogram<double> _runTime;
    private readonly Histogram<double> _runFirstToken;
    private readonly Histogram<double> _overhead;
    private readonly Histogram<double> _agreement;
    private readonly Counter<long> _degraded;
    private readonly Counter<long> _comparisons;
    private readonly Counter<long> _disagreements;
    private readonly Counter<long> _shadows;
    private readonly Counter<long> _stragglers;
    private readonly Counter<long> _judgeFallbacks;
    private readonly Counter<long> _earlyStops;
    private readonly Counter<long> _savedCalls;
    private readonly Counter<long> _savedTokens;
    private readonly Counter<double> _savedCost;

    public RunInstruments(Meter meter)
    {
        _operations = meter.CreateHistogram(
            "gen_ai.client.operation.duration", "s", "Time of a sub-call: gate, attempts and pauses between them", null, Buckets.Calls);
        _tokens = meter.CreateHistogram(
            "gen_ai.client.token.usage", "{token}", "Tokens of a sub-call, as reported by its provider, else estimated", null,
            Buckets.Tokens);
        _tokenKinds = meter.CreateCounter<long>(
            "ensemble.tokens", "{token}", "Tokens that providers reported, by what they are billed as: each is counted once");
        _firstTokens = meter.CreateHistogram(
            "gen_ai.server.time_to_first_token", "s", "Time from the start of a streamed sub-call to its first content", null,
            Buckets.FirstTokens);
        _subCalls = meter.CreateCounter<long>(
            "ensemble.sub_calls", "{call}", "Sub-calls that have ended, whether they reached a provider or not");
        _cost = meter.CreateCounter<double>("ensemble.cost", "usd", "What sub-calls cost by the prices of the catalog, in US dollars");
        _runs = meter.CreateCounter<long>("ensemble.runs", "{run}", "Runs that have ended");
        _runTime = meter.CreateHistogram("ensemble.run.duration", "s", "Time of a run, to the end of its answer", null, Buckets.Calls);
        _runFirstToken = meter.CreateHistogram(
            "ensemble.run.time_to_first_token", "s", "Time from the start of a streamed run to the first piece of its answer", null,
            Buckets.FirstTokens);
        _overhead = meter.CreateHistogram(
            "ensemble.run.added_latency", "s", "Time of a run in which none of its sub-calls was under way", null, Buckets.Overhead);
        _agreement = meter.CreateHistogram(
            "ensemble.run.agreement", "1", "How much the answers of a panel agreed: 0 = not at all, 1 = all said the same", null,
            Buckets.Shares);
        _degraded = meter.CreateCounter<long>("ensemble.runs.degraded", "{run}", "Runs that gave less than was asked of them, by reason");
        _comparisons = meter.CreateCounter<long>(
            "ensemble.member.comparisons", "{comparison}", "Answers of two members that were compared");
        _disagreements = meter.CreateCounter<long>(
            "ensemble.member.disagreements", "{comparison}", "Answers of two members that were compared and differed");
        _shadows = meter.CreateCounter<long>(
            "ensemble.shadow.comparisons", "{comparison}", "Answers of a shadow compared with those that were given");
        _stragglers = meter.CreateCounter<long>(
            "ensemble.stragglers", "{call}", "Members that were cancelled since the others had answered");
        _judgeFallbacks = meter.CreateCounter<long>(
            "ensemble.judge.fallbacks", "{call}", "Judges that were asked since one before them failed");
        _earlyStops = meter.CreateCounter<long>("ensemble.early_stops", "{run}", "Runs that went without some of their calls");
        _savedCalls = meter.CreateCounter<long>("ensemble.saved.calls", "{call}", "Calls that strategies went without");
        _savedTokens = meter.CreateCounter<long>("ensemble.saved.tokens", "{token}", "Tokens that strategies went without, by estimate");
        _savedCost = meter.CreateCounter<double>("ensemble.saved.cost", "usd", "What strategies went without, by estimate, in US dollars");
        _all =
        [
            _operations, _tokens, _tokenKinds, _firstTokens,
            _subCalls, _cost, _runs, _runTime, _runFirstToken, _overhead, _agreement, _degraded,
            _comparisons,
            _disagreements, _shadows, _stragglers, _judgeFallbacks, _earlyStops, _savedCalls, _savedTokens, _savedCost,
        ];
    }

    private bool IsListenedTo => Array.Exists(_all, static instrument => instrument.Enabled);

    public void Append(UsageEvent usage)
    {
        if (!IsListenedTo)
        {
            return;
        }

        var (role, outcome) = (SnakeCase.Of(usage.Role), SnakeCase.Of(usage.Outcome));
        var call = new TagList { { TelemetryTags.Model, usage.Model }, { TelemetryTags.Role, role } };
        _subCalls.Add(1, new TagList
        {
            { TelemetryTags.Model, usage.Model },
            { TelemetryTags.Role, role },
            { TelemetryTags.Step, SnakeCase.Of(usage.Key.Step) },
            { TelemetryTags.Outcome, outcome },
        });
        if (usage.CostUsd is { } cost and > 0)
        {
            _cost.Add((double)cost, call);
        }

        // Of a call that nobody came back from only that is known.
        if (usage.Attempts == 0 || usage.Outcome == CallOutcome.Lost)
        {
            return;
        }

        if (usage.Source == UsageSource.Reported)
        {
            CountKinds(usage, call);
        }

        if (usage.FirstToken is { } first)
        {
            _firstTokens.Record(first.TotalSeconds, call);
        }

        call.Add(TelemetryTags.Operation, TelemetryTags.OperationOf(usage.Key.Step == SubCallStep.Embedding));
        Record(usage.PromptTokens, "input", usage.Source, call);
        Record(usage.CompletionTokens, "output", usage.Source, call);
        if (usage.Outcome != CallOutcome.Ok)
        {
            call.Add(TelemetryTags.Error, outcome);
        }

        _operations.Record(usage.Total.TotalSeconds, call);
    }

    public void Append(RunManifest ended)
    {
        if (!IsListenedTo)
        {
            return;
        }

        var ensemble = KeyValuePair.Create(TelemetryTags.Ensemble, (object?)ended.Ensemble);
        var strategy = KeyValuePair.Create(TelemetryTags.Strategy, (object?)ended.Strategy);
        _runs.Add(1, ensemble, strategy, KeyValuePair.Create(TelemetryTags.Outcome, (object?)ended.Outcome));
        if (ended.Total is { } total)
        {
            _runTime.Record(total.TotalSeconds, ensemble, strategy);
            _overhead.Record(RunOverhead.Of(ended.StartedAt, total, ended.SubCalls).TotalSeconds, ensemble);
        }

        if (ended is { Streamed: true, FirstToken: { } first })
        {
            _runFirstToken.Record(first.TotalSeconds, ensemble, strategy);
        }

        // The same answers again say nothing new of how far models agree.
        if (ended is { Agreement: { } agreement, ReplayOf: null })
        {
            _agreement.Record(agreement, ensemble);
        }

        foreach (var reason in ended.Degraded)
        {
            _degraded.Add(1, ensemble, KeyValuePair.Create(TelemetryTags.Reason, (object?)reason));
        }

        if (ended.Saved.Calls > 0)
        {
            _earlyStops.Add(1, ensemble, strategy);
            _savedCalls.Add(ended.Saved.Calls, ensemble, strategy);
            _savedTokens.Add(Math.Max(0, ended.Saved.Tokens), ensemble, strategy);
            _savedCost.Add((double)Math.Max(0, ended.Saved.CostUsd ?? 0), ensemble, strategy);
        }

        if (ended.ReplayOf is null)
        {
            Compare(ended, ensemble);
        }

        Count(ended, ensemble);
    }

    // What providers reported and what was estimated are never one sum.
    private void Record(long? tokens, string type, UsageSource source, TagList call)
    {
        if (tokens is { } known)
        {
            call.Add(TelemetryTags.TokenType, type);
            call.Add(TelemetryTags.TokenSource, SnakeCase.Of(source));
            _tokens.Record(known, call);
        }
    }

    private void CountKinds(UsageEvent usage, TagList call)
    {
        var kinds = new TokenUsage(usage.PromptTokens ?? 0, usage.CompletionTokens ?? 0)
        {
            CachedTokens = usage.CachedTokens,
            CacheWriteTokens = usage.CacheWriteTokens,
            ReasoningTokens = usage.ReasoningTokens,
        }.Kinds;
        Add("input", kinds.Input, call);
        Add("cached_input", kinds.CachedInput, call);
        Add("cache_write", kinds.CacheWrite, call);
        Add("output", kinds.Output, call);
        Add("reasoning", kinds.Reasoning, call);

        void Add(string kind, long tokens, TagList tags)
        {
            if (tokens > 0)
            {
                tags.Add(TelemetryTags.TokenKind, kind);
                _tokenKinds.Add(tokens, tags);
            }
        }
    }

    private void Compare(RunManifest ended, KeyValuePair<string, object?> ensemble)
    {
        foreach (var pair in MemberPair.Of(ended))
        {
            var first = KeyValuePair.Create(TelemetryTags.FirstMember, (object?)pair.First);
            var second = KeyValuePair.Create(TelemetryTags.SecondMember, (object?)pair.Second);
            _comparisons.Add(1, ensemble, first, second);

            // Also where there is none: a share is of use only where both counters are there.
            _disagreements.Add(pair.Agree ? 0 : 1, ensemble, first, second);
        }

        foreach (var decision in ended.Decisions)
        {
            if (decision.Step == "shadow")
            {
                _shadows.Add(1, ensemble, KeyValuePair.Create(TelemetryTags.Verdict, (object?)decision.Verdict));
            }
        }
    }

    private void Count(RunManifest ended, KeyValuePair<string, object?> ensemble)
    {
        foreach (var subCall in ended.SubCalls)
        {
            var usage = subCall.Usage;
            if (ended.IsStraggler(usage))
            {
                _stragglers.Add(1, ensemble, KeyValuePair.Create(TelemetryTags.Model, (object?)usage.Model));
            }
            else if (usage is { Role: SubCallRole.Judge, Key: { Step: SubCallStep.Synthesis, Member: > 0 } } && !subCall.IsRemembered)
            {
                _judgeFallbacks.Add(1, ensemble, KeyValuePair.Create(TelemetryTags.Model, (object?)usage.Model));
            }
        }
    }
}
