namespace Ensemble.Grains.Answers;

/// <summary>The numbers are on the wire: they stay, and new ones come at the end.</summary>
[GenerateSerializer]
public enum RunEventKind
{
    AnswerDelta = 1,
    ChoicesDelta = 2,
    PanelClosed = 3,
    AnswerDegraded = 4,
    RunCompleted = 5,
    RunFailed = 6,
}
