using System.Diagnostics.Metrics;

namespace Ensemble.Grains.Answers;

/// <summary>Measures how well a frontend's stream of answers serves.</summary>
internal sealed class AnswerInstruments(Meter meter)
{
    private readonly Counter<long> _outages = meter.CreateCounter<long>(
        "ensemble.answer_stream.outages", "{outage}", "Times at which what a silo pushed did not arrive; answers are then pulled for 5 s");
    private readonly Counter<long> _repairs = meter.CreateCounter<long>(
        "ensemble.answer_stream.repairs", "{answer}", "Answers that began on the stream and were pulled to their end");

    public void OnOutage() => _outages.Add(1);

    public void OnRepair() => _repairs.Add(1);
}
