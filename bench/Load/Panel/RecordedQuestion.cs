namespace Ensemble.Load.Panel;

/// <param name="Answer">The right one, a number.</param>
/// <param name="Responses">By model.</param>
internal sealed record RecordedQuestion(string Id, string Question, string Answer, IReadOnlyDictionary<string, RecordedResponse> Responses);

/// <param name="Correct">As whoever recorded it judged it.</param>
internal sealed record RecordedResponse(string Text, bool Correct);
