using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Upstreams;

namespace Ensemble.Answers;

/// <summary>Finds what a candidate says, for one request.</summary>
internal sealed class AnswerReader
{
    private readonly AnswerType _type;

    private AnswerReader(AnswerType type) => _type = type;

    /// <param name="type">Looked for instead of what the request asks for, unless it is <see cref="AnswerType.Auto"/>.</param>
    /// <param name="tools">Whether the candidates may call tools.</param>
    public static AnswerReader For(ChatRequest chat, AnswerType type, bool tools)
    {
        _ = (chat, tools);
        return new AnswerReader(type);
    }

    /// <returns>Null where the answer states nothing that could be counted.</returns>
    public TypedAnswer? Read(ChatAnswer answer) =>
        _type != AnswerType.Text && AnswerText.Short(answer.Content) is { } text ? new TypedAnswer(TypedAnswerKind.ShortText, text) : null;
}
