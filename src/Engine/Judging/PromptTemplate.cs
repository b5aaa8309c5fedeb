namespace Ensemble.Judging;

/// <summary>An operator's prompt with two places to fill, each once. What is filled in is never looked at again.</summary>
internal static class PromptTemplate
{
    public const string OriginalRequest = "{original_request}";
    public const string LabeledCandidates = "{labeled_candidates}";

    /// <param name="template">Holds both places.</param>
    /// <param name="originalRequest">Writes what stands for <see cref="OriginalRequest"/>.</param>
    /// <param name="labeledCandidates">Writes what stands for <see cref="LabeledCandidates"/>.</param>
    public static void Fill(
        PromptWriter prompt, string template, Action<PromptWriter> originalRequest, Action<PromptWriter> labeledCandidates)
    {
        var rest = template.AsSpan();
        while (rest.IndexOf('{') is var brace and >= 0)
        {
            prompt.Write(rest[..brace]);
            rest = rest[brace..];
            if (rest.StartsWith(OriginalRequest))
            {
                originalRequest(prompt);
                rest = rest[OriginalRequest.Length..];
            }
            else if (rest.StartsWith(LabeledCandidates))
            {
                labeledCandidates(prompt);
                rest = rest[LabeledCandidates.Length..];
            }
            else
            {
                prompt.Write("{");
                rest = rest[1..];
            }
        }

        prompt.Write(rest);
    }
}
