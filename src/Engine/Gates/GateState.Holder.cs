namespace Ensemble.Gates;

/// <content>What is known of one process.</content>
public sealed partial class GateState
{
    /// <summary>A process, as far as it does not ask for each call.</summary>
    private sealed class Holder
    {
        private const int MaxEndedEarly = 1000;

        private long _newest;

        /// <summary>Bit n: the report before the newest by n has been seen.</summary>
        private ulong _seen;

        /// <summary>Calls in flight that were reported, each with the moment to which its request and tokens are counted.</summary>
        public Dictionary<Guid, (GateLease Lease, long CountedAt)> Leases { get; } = [];

        /// <summary>Calls whose end was reported before their beginning: a report had overtaken another.</summary>
        public Dictionary<Guid, GateEnd> EndedEarly { get; } = [];

        public IGateClient? Contact { get; set; }

        /// <summary>Whether it was asked for what it holds, and has not answered.</summary>
        public bool IsAsked { get; set; }

        /// <summary>When it counts as dead unless it reports before.</summary>
        public long ExpiresAt { get; set; }

        public long PassUntil { get; set; }

        /// <summary>The newest one, be it that it has ended.</summary>
        public long Allowance { get; set; }

        public long AllowanceUntil { get; set; }

        /// <summary>The newest one that has ended, and whose rest is counted as used.</summary>
        public long EndedAllowance { get; set; }

        public long EndedAt { get; set; }

        /// <summary>Requests and tokens of its allowance that it may still use.</summary>
        public GateUnits Outstanding { get; set; }

        /// <summary>Places by its newest report, and those that were granted since.</summary>
        public long ReportedSlots { get; set; }

        /// <summary>
        /// Calls in flight and places for more. They stay when an allowance ends: who does not report may have filled them. A call whose
        /// end is in a report that was overtaken is in flight until that arrives.
        /// </summary>
        public long Slots => Math.Max(ReportedSlots, Leases.Count);

        /// <summary>The number of the report that was answered last, and that answer.</summary>
        public long Answered { get; set; }

        public GateGrant? Answer { get; set; }

        public bool MayAdmit(long now) => PassUntil > now || AllowanceUntil > now || Slots > Leases.Count;

        public bool IsNew(long number)
        {
            if (number > _newest)
            {
                var shift = number - _newest;
                _seen = (shift < 64 ? _seen << (int)shift : 0) | 1;
                _newest = number;
                return true;
            }

            var bit = _newest - number;
            if (bit >= 64 || (_seen & (1UL << (int)bit)) != 0)
            {
                return false;
            }

            _seen |= 1UL << (int)bit;
            return true;
        }

        public bool IsNewest(long number) => number == _newest;

        public void EndEarly(GateEnd end)
        {
            // Most are of calls that have expired here: they come no more.
            if (EndedEarly.Count >= MaxEndedEarly)
            {
                EndedEarly.Clear();
            }

            EndedEarly[end.Lease] = end;
        }

        public GateClientSnapshot Snapshot(Guid agent) =>
            new(
                agent, _newest, _seen, ExpiresAt, PassUntil, Allowance, AllowanceUntil, EndedAllowance, EndedAt, Outstanding, Slots,
                [.. Leases.Select(static call => (call.Key, call.Value.CountedAt))]);

        public static Holder Of(GateClientSnapshot saved) => new()
        {
            _newest = saved.Newest,
            _seen = saved.Seen,
            ExpiresAt = saved.ExpiresAt,
            PassUntil = saved.PassUntil,
            Allowance = saved.Allowance,
            AllowanceUntil = saved.AllowanceUntil,
            EndedAllowance = saved.EndedAllowance,
            EndedAt = saved.EndedAt,
            Outstanding = saved.Outstanding,
            ReportedSlots = saved.Slots,
        };
    }
}
