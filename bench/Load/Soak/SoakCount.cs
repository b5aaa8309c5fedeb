using System.Globalization;
using Ensemble.Load.Traffic;

namespace Ensemble.Load.Soak;

/// <summary>The answers of some time.</summary>
internal sealed class SoakCount
{
    /// <summary>Ticks that each good answer took.</summary>
    public List<long> Times { get; } = [];

    /// <summary>Answers that were not what was wanted: by status, <c>broken</c>, or <c>wrong</c> where the content is not right.</summary>
    public SortedDictionary<string, int> Refusals { get; } = new(StringComparer.Ordinal);

    public string? FirstFault { get; private set; }

    public int Refused => Refusals.Values.Sum();

    public void Add(Answer answer)
    {
        if (answer.Fault is null)
        {
            Times.Add(answer.Sample.End - answer.Sample.Start);
            return;
        }

        FirstFault ??= answer.Fault;
        var kind = answer.Status switch { 0 => "broken", 200 => "wrong", var status => status.ToString(CultureInfo.InvariantCulture) };
        Refusals[kind] = Refusals.GetValueOrDefault(kind) + 1;
    }
}
