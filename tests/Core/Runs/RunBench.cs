using System.Text;
using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Core.Tests.Models;
using Ensemble.Execution;
using Ensemble.Gates;
using Ensemble.Models;
using Ensemble.Runs;
using Ensemble.Testing;
using Ensemble.Upstreams;
using Ensemble.Usage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ensemble.Core.Tests.Runs;

/// <summary>Executes runs of an ensemble <c>panel</c> over scripted models, by a clock that a test moves.</summary>
internal sealed class RunBench : IUsageSink
{
    public const string Question = """{"model":"panel","messages":[{"role":"user","content":"What is six times seven?"}]}""";
    public const string StreamedQuestion = """{"model":"panel","stream":true,"messages":[{"role":"user","content":"What is six times seven?"}]}""";

    private readonly List<UsageEvent> _usage = [];
    private readonly List<RunManifest> _ended = [];

    public RunBench(EnsembleConfig? ensemble = null, int retries = 0)
    {
        Ensemble = ensemble ?? TestEnsembles.Of("panel", ["a", "b", "c"], "judge");
        Retries = retries;
        Upstream.On("judge", Does.Say("the judge's ", "answer"));
    }

    public static RunId Id { get; } = RunId.TryParse("0123456789abcdef0123456789abcdef", out var id) ? id : default;

    public ScriptedUpstream Upstream { get; } = new();

    /// <summary>Before every model; open until it is told otherwise.</summary>
    public ScriptedGate Gate { get; } = new();

    public ManualTimeProvider Time { get; } = new();

    public EnsembleConfig Ensemble { get; set; }

    /// <summary>Shared by all runs; null = each has its own.</summary>
    public IAdviceStore? Advice { get; set; }

    public int Retries { get; }

    public SubCallCache Memory { get; set; } = new();

    /// <summary>Changes a model of the catalog.</summary>
    public Func<ModelConfig, ModelConfig> Adjust { get; set; } = model => model;

    public IReadOnlyList<UsageEvent> Usage
    {
        get
        {
            lock (_usage)
            {
                return [.. _usage];
            }
        }
    }

    /// <summary>Runs whose accounts are complete.</summary>
    public IReadOnlyList<RunManifest> Ended
    {
        get
        {
            lock (_usage)
            {
                return [.. _ended];
            }
        }
    }

    /// <summary>Whether accounts pile up.</summary>
    public bool IsNearlyFull { get; set; }

    /// <summary>Thrown where a run's end is accounted for; null = nothing is.</summary>
    public Exception? Fault { get; set; }

    public void Append(RunManifest ended)
    {
        if (Fault is { } fault)
        {
            throw fault;
        }

        lock (_usage)
        {
            _ended.Add(ended);
        }
    }

    public void Append(UsageEvent usageEvent)
    {
        lock (_usage)
        {
            _usage.Add(usageEvent);
        }
    }

    public CatalogSnapshot Catalog() => new CatalogBuilder()
        .Add([.. Ensemble.Models
            .Select(alias => Adjust(TestModels.OpenAi(alias, new Uri("https://models.test/v1"), $"{alias}-2025", Retries)))])
        .Add(Ensemble)
        .Build();

    public RunServices Services(IGate? gate = null) => new(
        new ModelCaller(
            new Dictionary<ProviderKind, IUpstream> { [ProviderKind.OpenAi] = Upstream }, gate ?? Gate, Time, new Random(1)),
        this,
        Time)
    {
        Advice = Advice ?? new MemoryAdviceStore(Time),
    };

    public static ChatRequest Parse(string json) => ChatRequestParser.Parse(Encoding.UTF8.GetBytes(json), ChatLimits.Default);

    /// <summary>Begins a run; what it does is in the result.</summary>
    public RunningRun Start(string json = Question, int incarnation = 1, string? caller = null)
    {
        var run = new Run(
            new RunRequest { Id = Id, Incarnation = incarnation, Chat = Parse(json), Caller = caller, CatalogRevision = 1 },
            Catalog(),
            Services(),
            Memory,
            new RunJournal(incarnation),
            NullLogger.Instance);
        return new RunningRun(run, Task.Run(run.ExecuteAsync, TestContext.Current.CancellationToken));
    }

    /// <summary>Executes a run that needs no clock.</summary>
    public async Task<RunOutcome> RunAsync(string json = Question, int incarnation = 1) => await Start(json, incarnation).EndAsync();
}
