namespace Ensemble.Catalog;

/// <summary>What kind of answer is looked for in a candidate, so that those that say the same are equal.</summary>
public enum AnswerType
{
    /// <summary>As the request and the candidates show.</summary>
    Auto,
    Json,

    /// <summary>One letter of a list.</summary>
    Choice,
    Number,
    YesNo,

    /// <summary>At most eight words.</summary>
    ShortText,

    /// <summary>Prose: compared by likeness.</summary>
    Text,
}
