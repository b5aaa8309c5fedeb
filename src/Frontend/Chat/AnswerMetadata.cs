using System.Globalization;
using Ensemble.Frontend.Http;
using Ensemble.Runs;
using Ensemble.Usage;

namespace Ensemble.Frontend.Chat;

/// <summary>What a run told about its answer so far, for the headers.</summary>
internal sealed class AnswerMetadata
{
    private double? _agreement;
    private string? _degraded;
    private int _incarnation;

    /// <summary>What an older incarnation told is void.</summary>
    /// <returns>Whether the event is the first of a newer incarnation than the events before it.</returns>
    public bool StartsIncarnation(RunEvent runEvent)
    {
        if (runEvent.Incarnation <= _incarnation)
        {
            return false;
        }

        var isAnew = _incarnation > 0;
        (_incarnation, _agreement, _degraded) = (runEvent.Incarnation, null, null);
        return isAnew;
    }

    /// <returns>Whether the event was such a fact.</returns>
    public bool Take(RunEvent runEvent)
    {
        switch (runEvent)
        {
            case PanelClosed closed:
                _agreement = closed.Agreement;
                return true;
            case AnswerDegraded degraded:
                _degraded = _degraded is null ? degraded.Reason : $"{_degraded}, {degraded.Reason}";
                return true;
            default:
                return false;
        }
    }

    /// <param name="totals">Known at the end alone; null before it.</param>
    public void WriteTo(IHeaderDictionary headers, UsageTotals? totals)
    {
        if (_agreement is { } agreement)
        {
            headers[HeaderNames.Agreement] = agreement.ToString("0.00", CultureInfo.InvariantCulture);
        }

        if (_degraded is not null)
        {
            headers[HeaderNames.Degraded] = _degraded;
        }

        if (totals?.CostUsd is { } cost)
        {
            headers[HeaderNames.CostUsd] = cost.ToString("0.########", CultureInfo.InvariantCulture);
        }
    }
}
