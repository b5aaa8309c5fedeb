namespace Ensemble.Load.Panel;

/// <summary>How a subject did.</summary>
/// <param name="Questions">That it was asked.</param>
/// <param name="Right">Answers whose number is the reference.</param>
/// <param name="Labelled">Answers that the recording calls right, among those that repeat a recorded one.</param>
/// <param name="Failed">Runs without an answer; they count as wrong.</param>
/// <param name="Calls">Upstream calls by model.</param>
internal sealed record PanelScore(
    PanelSubject Subject, int Questions, int Right, int Labelled, int Failed, string? FirstFailure, IReadOnlyDictionary<string, int> Calls)
{
    private const double Normal95 = 1.959964;

    public double Accuracy => (double)Right / Questions;

    public double CallsPerQuestion => (double)Calls.Values.Sum() / Questions;

    /// <summary>Calls of the strongest model for each question.</summary>
    public double Strongest => (double)Calls.GetValueOrDefault(PanelSubject.Strongest) / Questions;

    /// <summary>Wilson's score interval for the accuracy, 95 %.</summary>
    public (double Low, double High) Interval
    {
        get
        {
            const double Square = Normal95 * Normal95;
            var centre = Accuracy + (Square / (2 * Questions));
            var half = Normal95 * Math.Sqrt((Accuracy * (1 - Accuracy) / Questions) + (Square / (4.0 * Questions * Questions)));
            var scale = 1 + (Square / Questions);
            return ((centre - half) / scale, (centre + half) / scale);
        }
    }
}
