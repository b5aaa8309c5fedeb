using Ensemble.Estimates;
using MathNet.Numerics.Statistics;

namespace Ensemble.Evaluation.Statistics;

/// <summary>
/// The bootstrap over questions (Efron, 1979). All that a figure needs of a question is which of few kinds it is of, so that a sample of
/// the questions, drawn with replacement, is a multinomial draw of the kinds' counts: the same distribution, at a cost that does not
/// grow with the questions.
/// </summary>
/// <param name="random">Seeded: the same seed gives the same interval.</param>
/// <param name="samples">Default 10,000.</param>
internal sealed class QuestionBootstrap(Random random, int samples = QuestionBootstrap.DefaultSamples)
{
    public const int DefaultSamples = 10_000;

    private static readonly double[] Limits = [Interval.Alpha / 2, 1 - (Interval.Alpha / 2)];

    /// <summary>The mean over questions of a difference between two answerers.</summary>
    /// <param name="differences">One a question, at least one: 1 where only the first is right, −1 where only the second is,
    /// 0 otherwise.</param>
    public Interval Mean(IReadOnlyList<int> differences)
    {
        var count = differences.Count;
        var (better, worse) = (differences.Count(static value => value > 0), differences.Count(static value => value < 0));
        var mean = (double)(better - worse) / count;
        if (better + worse == 0)
        {
            // Nothing that could be resampled: so many questions without a difference leave this share of them possible.
            var unseen = 1 - Math.Pow(Interval.Alpha, 1.0 / count);
            return new Interval(0, -unseen, unseen);
        }

        // A sample's spread is that of the population by (n − 1) ÷ n.
        var spread = Math.Sqrt(count / Math.Max(1.0, count - 1));
        return Of(mean, [better, worse, count - better - worse],
            drawn => mean + (spread * (((double)(drawn[0] - drawn[1]) / count) - mean)));
    }

    /// <param name="value">The figure of the questions themselves.</param>
    /// <param name="kinds">How many questions are of each kind.</param>
    /// <param name="figure">The same of drawn counts; NaN where it has no value.</param>
    public Interval Of(double value, IReadOnlyList<int> kinds, Func<int[], double> figure)
    {
        var resampler = new Resampler(kinds, random);
        var drawn = new int[kinds.Count];
        var figures = new List<double>(samples);
        for (var sample = 0; sample < samples; sample++)
        {
            resampler.Draw(drawn);
            if (figure(drawn) is var drawnFigure && !double.IsNaN(drawnFigure))
            {
                figures.Add(drawnFigure);
            }
        }

        if (figures.Count == 0)
        {
            // All figures here are shares, differences of shares or correlations: anything is possible.
            return new Interval(value, -1, 1);
        }

        double[] sorted = [.. figures];
        Array.Sort(sorted);
        return new Interval(value, SortedArrayStatistics.Quantile(sorted, Limits[0]), SortedArrayStatistics.Quantile(sorted, Limits[1]));
    }

    /// <summary>Draws kind after kind, each from what the kinds before it have left.</summary>
    private sealed class Resampler(IReadOnlyList<int> kinds, Random random)
    {
        private readonly int _total = kinds.Sum();

        /// <summary>By kind and by what is left.</summary>
        private readonly Dictionary<(int Kind, int Left), BinomialTable> _tables = [];

        public void Draw(int[] drawn)
        {
            var (left, inKinds) = (_total, _total);
            for (var kind = 0; kind < drawn.Length; kind++)
            {
                drawn[kind] = kinds[kind] == inKinds ? left : kinds[kind] == 0 || left == 0 ? 0 : Table(kind, left, inKinds).Draw(random);
                left -= drawn[kind];
                inKinds -= kinds[kind];
            }
        }

        private BinomialTable Table(int kind, int left, int inKinds)
        {
            if (!_tables.TryGetValue((kind, left), out var table))
            {
                _tables[(kind, left)] = table = new BinomialTable(left, (double)kinds[kind] / inKinds);
            }

            return table;
        }
    }
}
