using System.Diagnostics.Metrics;

namespace Ensemble.Grains.Answers;

/// <summary>Measures how well a frontend's stream of answers serves.</summary>
internal sealed class AnswerInstruments(Meter meter)
{
    private readonly Counter<long> _missed = meter.CreateCounter<long>("ensemble.answer_stream.missed_beats", "{beat}", "Beats that had not come back when the next one was due");
    private readonly Counter<long> _outages = meter.CreateCounter<long>("ensemble.answer_stream.outages", "{outage}", "Times at which the stream was given up and subscribed to anew");
    private readonly Counter<long> _repairs = meter.CreateCounter<long>("ensemble.answer_stream.repairs", "{answer}", "Answers that began on the stream and were pulled to their end");

    public void OnMissedBeat() => _missed.Add(1);

    public void OnOutage() => _outages.Add(1);

    public void OnRepair() => _repairs.Add(1);
}
