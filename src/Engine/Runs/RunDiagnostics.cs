using Ensemble.Upstreams;
using Ensemble.Usage;

namespace Ensemble.Runs;

/// <summary>
/// What a run's strategy found and decided, for its manifest. Readers of the journal hear at once of the panel and of why the answer is
/// less than was asked for. Thread-safe.
/// </summary>
internal sealed class RunDiagnostics(RunJournal journal)
{
    private readonly Lock _lock = new();
    private readonly List<string> _degraded = [];
    private readonly List<DecisionManifest> _decisions = [];
    private readonly List<(SubCallKey Key, SavingsManifest Saved)> _stopped = [];
    private IReadOnlyList<CandidateManifest> _candidates = [];
    private SavingsManifest _saved = SavingsManifest.None;
    private SubCallKey? _given;
    private int? _writtenCluster;

    public double? Agreement { get; private set; }

    public PanelManifest? Panel { get; private set; }

    public JudgeManifest? Judge { get; set; }

    public IReadOnlyList<string> Degraded
    {
        get
        {
            lock (_lock)
            {
                return [.. _degraded];
            }
        }
    }

    public IReadOnlyList<CandidateManifest> Candidates
    {
        get
        {
            lock (_lock)
            {
                return _candidates;
            }
        }
    }

    public IReadOnlyList<DecisionManifest> Decisions
    {
        get
        {
            lock (_lock)
            {
                return [.. _decisions];
            }
        }
    }

    /// <inheritdoc cref="RunManifest.DecidingCluster"/>
    public int? DecidingCluster
    {
        get
        {
            lock (_lock)
            {
                return _given is not { } key ? _writtenCluster
                    : _candidates.FirstOrDefault(candidate => (candidate.Member, candidate.Sample) == (key.Member, key.Sample))?.Cluster;
            }
        }
    }

    /// <summary>Final once all sub-calls have ended.</summary>
    /// <param name="subCalls">Those that have.</param>
    public SavingsManifest Saved(IReadOnlyList<SubCallManifest> subCalls)
    {
        lock (_lock)
        {
            if (_stopped.Count == 0)
            {
                return _saved;
            }

            var cancelled = subCalls.Where(subCall => subCall.Usage.Outcome == CallOutcome.Cancelled).Select(subCall => subCall.Usage.Key)
                .ToHashSet();
            return _stopped.Where(stopped => cancelled.Contains(stopped.Key)).Aggregate(
                _saved, static (sum, stopped) => sum + stopped.Saved);
        }
    }

    public void PanelHasClosed(PanelManifest panel, double? agreement)
    {
        Panel = panel;
        Agreement = agreement;
        journal.Append(new PanelClosed(panel.Usable, agreement));
    }

    /// <summary>What is decided by, where more than the last panel is compared.</summary>
    /// <param name="usable">Answers that are compared.</param>
    public void Agree(int usable, double? agreement)
    {
        if (agreement != Agreement)
        {
            Agreement = agreement;
            journal.Append(new PanelClosed(usable, agreement));
        }
    }

    public void Degrade(string reason)
    {
        lock (_lock)
        {
            _degraded.Add(reason);
        }

        journal.Append(new AnswerDegraded(reason));
    }

    /// <summary>What the strategy chooses from; takes the place of what was said before.</summary>
    public void Compare(IReadOnlyList<CandidateManifest> candidates)
    {
        lock (_lock)
        {
            _candidates = candidates;
        }
    }

    /// <summary>Whose answer is the run's.</summary>
    public void Give(SubCallKey candidate)
    {
        lock (_lock)
        {
            _given = candidate;
        }
    }

    /// <summary>Says that a judge wrote the run's answer.</summary>
    /// <param name="cluster">Of the candidates that say the same; null where none does, or they could not be compared with it.</param>
    public void GiveWritten(int? cluster)
    {
        lock (_lock)
        {
            _writtenCluster = cluster;
        }
    }

    public void Decide(DecisionManifest decision)
    {
        lock (_lock)
        {
            _decisions.Add(decision);
        }
    }

    /// <summary>A call that was not waited for: it saves something unless its answer came before it could be stopped.</summary>
    public void SaveIfCancelled(SubCallKey call, SavingsManifest saved)
    {
        lock (_lock)
        {
            _stopped.Add((call, saved));
        }
    }

    /// <summary>Calls that need not be made.</summary>
    public void Save(SavingsManifest saved)
    {
        lock (_lock)
        {
            _saved += saved;
        }
    }
}
