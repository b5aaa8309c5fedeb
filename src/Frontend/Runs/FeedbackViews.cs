using System.Text.Json.Serialization;
using Ensemble.Usage;

namespace Ensemble.Frontend.Runs;

/// <summary>Confirms that feedback is stored.</summary>
internal sealed class FeedbackSaved(RunFeedback feedback)
{
    public string Object { get; } = "ensemble.feedback";
    public string Run => feedback.Run.Value;
    public bool Correct => feedback.IsRight;
    public double Score => feedback.Score;
    public bool CommentKept => !feedback.Comment.IsEmpty;
}

internal sealed record FeedbackList(IReadOnlyList<FeedbackView> Data)
{
    [JsonPropertyOrder(-1)] public string Object { get; } = "list";
}

internal sealed class FeedbackView(RunFeedback feedback, string? comment)
{
    public DateTimeOffset At => feedback.At;
    public string? Caller => feedback.Caller;
    public bool Administrator => feedback.IsAdministrator;
    public bool Correct => feedback.IsRight;
    public double Score => feedback.Score;
    public string? Comment => comment;
}
