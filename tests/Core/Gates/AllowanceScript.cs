using Ensemble.Catalog;
using Ensemble.Gates;
using Ensemble.Testing;
using Ensemble.Upstreams;

namespace Ensemble.Core.Tests.Gates;

/// <summary>
/// Processes with a gate's authority in simulated time: messages arrive late, get lost, and are sent again, as <see cref="GateAgent"/> and
/// <see cref="GateHost"/> do it. What was admitted, and when, is written down beside them.
/// </summary>
internal sealed class AllowanceScript
{
    /// <summary>Steps from this action on are faults: a process dies, the gate moves, a message gets lost.</summary>
    public const int FirstFault = 94;

    private const long Minute = 60_000;

    /// <summary>How long a use may be counted beyond its minute: a second's bucket, a second until it is reported, the way there.</summary>
    private const long CountedLate = 2_600;

    /// <summary>How long the calls of a process that died are taken to go on at their provider.</summary>
    private const long AfterDeath = 15_000;

    private readonly ManualTimeProvider _time = new();
    private readonly GateLimits _limits;
    private readonly PriorityQueue<Action, (long At, long Order)> _events = new();
    private readonly Process[] _processes;
    private readonly List<Admission> _admissions = [];
    private readonly Dictionary<Guid, Admission> _byLease = [];
    private readonly Random _delays = new(7);
    private readonly long _start;
    private readonly Queue<Action> _afterReturn = [];
    private GateState _state;
    private int _returning;
    private long _now;
    private long _order;
    private long _epoch = 1;
    private long _lastFault = -100_000;
    private int _names;

    public AllowanceScript(RateLimitConfig rate, int processes)
    {
        _limits = new GateLimits(rate, CooldownConfig.Default);
        _state = new GateState(GateBench.Key, _limits, 1, _time);
        _start = _time.GetUtcNow().ToUnixTimeMilliseconds();
        _processes = [.. Enumerable.Range(0, processes).Select(index => new Process(this, index))];
        foreach (var process in _processes)
        {
            At(_now + 300 + (330 * process.Index), () => Tick(process.Index));
        }
    }

    /// <summary>Calls that nobody was asked for.</summary>
    public int InBulk { get; private set; }

    public int Messages { get; private set; }

    public int Admitted => _admissions.Count;

    public int MostInFlight { get; private set; }

    /// <summary>Requests that were refused while there was room for them.</summary>
    public List<string> FalseRefusals { get; } = [];

    public int Refusals { get; private set; }

    public long MostTokens { get; private set; }

    public GateState State => _state;

    public void Do((int Action, int Process, int WaitMs, int Tokens) step)
    {
        Pass(step.WaitMs);
        var process = _processes[step.Process];
        switch (step.Action)
        {
            case < 70:
                Call(process, step.Tokens);
                break;
            case < FirstFault:
                if (process.Out.Count > 0)
                {
                    End(process, process.Out[step.Tokens % process.Out.Count], step.Tokens);
                }

                break;
            case 94:
                Die(process);
                break;
            case 95:
                _lastFault = _now;
                _state = new GateState(GateBench.Key, _limits, ++_epoch, _time, _state.Snapshot());
                break;
            case < 98:
                process.LosesAnswer = true;
                break;
            default:
                process.LosesReport = true;
                break;
        }
    }

    /// <summary>Lets time pass with all that happens meanwhile.</summary>
    public void Pass(long milliseconds)
    {
        var end = _now + milliseconds;
        while (_events.TryPeek(out var next, out var when) && when.At <= end)
        {
            _events.Dequeue();
            Reach(when.At);
            next();
        }

        Reach(end);
    }

    /// <summary>Ends all calls, also those that wait to begin.</summary>
    public void EndAll()
    {
        EndAllNow();
        Pass(2_000);
        EndAllNow();
    }

    private void EndAllNow()
    {
        foreach (var process in _processes)
        {
            foreach (var lease in process.Out.ToArray())
            {
                End(process, lease, 1);
            }
        }
    }

    public int MostInAMinute() => _admissions.Count == 0 ? 0 : _admissions.Max(last => _admissions.Count(one => one.At <= last.At && one.At > last.At - Minute));

    private void Reach(long now)
    {
        _time.Advance(TimeSpan.FromMilliseconds(now - _now));
        _now = now;
        _ = _state.TakeExpired();
    }

    private void At(long when, Action what) => _events.Enqueue(what, (when, ++_order));

    /// <summary>A message arrives.</summary>
    private void Send(Action what)
    {
        Messages++;
        At(_now + _delays.Next(0, 15), what);
    }

    private void Tick(int index)
    {
        var process = _processes[index];
        At(_now + 1000, () => Tick(index));
        var asked = process.Asked.ToArray();
        Send(() => Array.ForEach(asked, _state.Renew));
        if (!process.IsReporting && (process.Unsent is not null || process.Held.HasFailed || process.Held.IsDue(process.Clock)))
        {
            Report(process);
        }
    }

    private void Call(Process process, long tokens)
    {
        var request = new GateRequest(GateBench.Key, new Guid(++_names, 0, 0, new byte[8]), tokens, null);
        if (!TryBegin(process, request))
        {
            Wait(process, request, rounds: 2);
        }
    }

    private bool TryBegin(Process process, GateRequest request)
    {
        if (process.Held.TryBegin(request, process.Clock) is not { } lease)
        {
            return false;
        }

        InBulk++;
        Admit(process, lease);
        return true;
    }

    private void Wait(Process process, GateRequest request, int rounds)
    {
        var terms = process.Held.Terms(process.Clock);
        if (rounds == 0 || terms == GateTerms.PerCall || (terms == GateTerms.Allowance && process.Held.IsStarved(process.Clock)))
        {
            process.Held.OnAdmitted(request.Tokens);
            if (terms == GateTerms.Allowance)
            {
                process.Held.OnStarved(process.Clock);
            }

            Send(() => Ask(process, request));
            return;
        }

        process.Held.AddWaiting(request.Tokens);
        process.Waiting.Add(() =>
        {
            if (!TryBegin(process, request))
            {
                Wait(process, request, rounds - 1);
            }
        });
        if (!process.IsReporting)
        {
            Report(process);
        }
    }

    private void Report(Process process)
    {
        process.IsReporting = true;
        process.Unsent ??= (process.Held.Report(process.Clock), process.Clock);
        var (report, sentAt) = process.Unsent.Value;
        Send(() =>
        {
            if (process.LosesReport)
            {
                process.LosesReport = false;
                Lose(process);
                return;
            }

            _state.Settle(report, process);
            Recall(() =>
            {
                var grant = _state.Grant(report);
                Send(() => Answer(process, grant, sentAt));
            });
        });
    }

    private void Answer(Process process, GateGrant grant, long sentAt)
    {
        if (process.LosesAnswer)
        {
            process.LosesAnswer = false;
            Lose(process);
            return;
        }

        process.Unsent = null;
        process.IsReporting = false;
        process.Held.Take(grant, sentAt, process.Clock);
        process.Awake();
        if (!process.IsReporting && !process.IsDead && (process.Held.HasFailed || process.Held.IsAwaited))
        {
            Report(process);
        }
    }

    /// <summary>Noticed after a while.</summary>
    private void Lose(Process process)
    {
        _lastFault = _now;
        At(_now + 400, () =>
        {
            process.IsReporting = false;
            process.Awake(asksAgain: false);
        });
    }

    /// <summary>Goes on when what is to come back has come, or has had its second. Who comes meanwhile waits for the same.</summary>
    private void Recall(Action next)
    {
        var number = _state.GrantNumber;
        foreach (var process in _state.TakeRevoked().Cast<Process>())
        {
            var isOver = false;
            _returning++;
            At(_now + 1000, Finish);
            Send(() =>
            {
                if (process.IsDead)
                {
                    return;
                }

                process.Held.Revoke(number);
                var report = process.Held.Report(process.Clock);
                Send(() =>
                {
                    _state.Settle(report, process);
                    Finish();
                });
            });

            void Finish()
            {
                if (!isOver)
                {
                    isOver = true;
                    _returning--;
                    Continue();
                }
            }
        }

        _afterReturn.Enqueue(next);
        Continue();
    }

    private void Continue()
    {
        while (_returning == 0 && _afterReturn.TryDequeue(out var next))
        {
            next();
        }
    }

    private void Ask(Process process, GateRequest request)
    {
        Recall(() =>
        {
            var admission = _state.Acquire(request);
            if (admission.Refusal is null)
            {
                Reply(process, admission);
                return;
            }

            Recall(() => Reply(process, _state.Acquire(request)));
        });

        void Reply(Process to, GateAdmission admission)
        {
            if (admission.Lease is { } lease)
            {
                to.Asked.Add(lease);
                Admit(to, lease);
            }
            else
            {
                Refuse(request.Tokens, admission.Refusal!);
            }
        }
    }

    private void Admit(Process process, GateLease lease)
    {
        var admission = new Admission(_now) { Counted = lease.Tokens, EndedAt = process.IsDead ? _now + AfterDeath : null };
        _admissions.Add(admission);
        _byLease[lease.Id] = admission;
        process.Out.Add(lease);
        MostInFlight = Math.Max(MostInFlight, InFlight(0));
        MostTokens = Math.Max(MostTokens, _admissions.Where(one => one.At > _now - Minute).Sum(one => one.Counted));
    }

    private void End(Process process, GateLease lease, long tokens)
    {
        process.Out.Remove(lease);
        process.Asked.Remove(lease);
        var admission = _byLease[lease.Id];
        (admission.EndedAt, admission.Counted) = (_now, Math.Min(admission.Counted, tokens));
        var release = new GateRelease(CallOutcome.Ok, admission.Counted, null);
        if (!process.Held.TryEnd(lease, release, process.Clock))
        {
            Send(() => _state.Release(lease, release));
        }
        else if (process.Held.IsAwaited && !process.IsReporting)
        {
            Report(process);
        }
    }

    private void Die(Process process)
    {
        _lastFault = _now;
        process.IsDead = true;
        foreach (var lease in process.Out)
        {
            _byLease[lease.Id].EndedAt = _now + AfterDeath;
        }

        _processes[process.Index] = new Process(this, process.Index);
    }

    private void Refuse(long tokens, GateRefusal refusal)
    {
        Refusals++;

        // What was lost, or is on its way, counts as used until it is known better.
        if (_now - _lastFault < Minute + CountedLate || _processes.Any(static process => process.IsReporting))
        {
            return;
        }

        var counted = _admissions.Where(one => one.At > _now - Minute - CountedLate).ToList();
        var hasRoom = refusal.Limit switch
        {
            GateLimit.Rpm => counted.Count + 1 <= _limits.Rate!.Rpm,
            GateLimit.Tpm => counted.Sum(one => one.Counted) + tokens <= _limits.Rate!.Tpm && refusal.RetryAfter is not null,
            _ => InFlight(100) + 1 <= _limits.Rate!.Concurrency,
        };
        if (hasRoom)
        {
            FalseRefusals.Add(
                $"{refusal} of {tokens} tokens at {_now}: {counted.Count} requests, {counted.Sum(one => one.Counted)} tokens, {InFlight(100)} in flight; "
                + $"outstanding {_state.Outstanding}, {_state.Places} places, {_state.Status()}");
        }
    }

    /// <param name="lately">Calls that ended so many milliseconds ago, or less, are in flight too: their end is on its way.</param>
    private int InFlight(long lately) => _admissions.Count(one => one.EndedAt is not { } ended || ended > _now - lately);

    private sealed class Admission(long at)
    {
        public long At { get; } = at;

        public long? EndedAt { get; set; }

        /// <summary>What was held for it; what it took, once that is known and less.</summary>
        public long Counted { get; set; }
    }

    private sealed class Process(AllowanceScript script, int index) : IGateClient
    {
        private readonly long _ahead = index * 3_600_000L;

        public int Index { get; } = index;

        public LocalGate Held { get; } = NewHeld(script);

        public List<GateLease> Out { get; } = [];

        /// <summary>Those of <see cref="Out"/> that were asked for one by one.</summary>
        public HashSet<GateLease> Asked { get; } = [];

        public List<Action> Waiting { get; } = [];

        public (GateReport Report, long At)? Unsent { get; set; }

        public bool IsReporting { get; set; }

        public bool LosesAnswer { get; set; }

        public bool LosesReport { get; set; }

        public bool IsDead { get; set; }

        /// <summary>Hours from the authority's.</summary>
        public long Clock => script._start + script._now + _ahead;

        public Task<GateReport?> ReportAsync(GateKey gate, long? revokes) => throw new NotSupportedException("Messages take time here.");

        public void Awake(bool asksAgain = true)
        {
            var waiting = Waiting.ToArray();
            Waiting.Clear();
            foreach (var call in waiting)
            {
                if (!IsDead && asksAgain)
                {
                    call();
                }
            }
        }

        private static LocalGate NewHeld(AllowanceScript script)
        {
            var held = new LocalGate(GateBench.Key, new Guid(++script._names, 1, 0, new byte[8]));
            held.Configure(script._limits);
            return held;
        }
    }
}
