namespace Ensemble.Answers;

/// <summary>What kind of answer a candidate holds.</summary>
public enum TypedAnswerKind
{
    Json,
    ToolCalls,
    Choice,
    Number,
    YesNo,
    ShortText,
}
