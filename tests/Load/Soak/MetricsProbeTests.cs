using Ensemble.Load.Soak;

namespace Ensemble.Load.Tests.Soak;

public sealed class MetricsProbeTests
{
    [Fact]
    public void Parse_LabelsCommentsAndTimestamps_SumsEachName()
    {
        var figures = MetricsProbe.Parse("""
            # HELP ensemble_ledger_queue_bytes Accounts that wait
            # TYPE ensemble_ledger_queue_bytes gauge
            ensemble_ledger_queue_bytes 2048 1760000000000
            ensemble_runs_total{outcome="ok {x}",ensemble="a b"} 3
            ensemble_runs_total{outcome="failed"} 1.5e1 1760000000000
            bad_line
            """);

        figures.Count.ShouldBe(2);
        figures["ensemble_ledger_queue_bytes"].ShouldBe(2048);
        figures["ensemble_runs_total"].ShouldBe(18);
    }
}
