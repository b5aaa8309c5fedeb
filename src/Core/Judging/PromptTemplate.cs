using System.Text;

namespace Ensemble.Judging;

/// <summary>An operator's prompt with two places to fill, each once. What is filled in is never looked at again.</summary>
public static class PromptTemplate
{
    public const string OriginalRequest = "{original_request}";
    public const string LabeledCandidates = "{labeled_candidates}";

    /// <param name="template">Holds both places.</param>
    public static string Fill(string template, string originalRequest, string labeledCandidates)
    {
        var filled = new StringBuilder(template.Length + originalRequest.Length + labeledCandidates.Length);
        var rest = template.AsSpan();
        while (!rest.IsEmpty)
        {
            var brace = rest.IndexOf('{');
            if (brace < 0)
            {
                break;
            }

            filled.Append(rest[..brace]);
            rest = rest[brace..];
            if (rest.StartsWith(OriginalRequest))
            {
                filled.Append(originalRequest);
                rest = rest[OriginalRequest.Length..];
            }
            else if (rest.StartsWith(LabeledCandidates))
            {
                filled.Append(labeledCandidates);
                rest = rest[LabeledCandidates.Length..];
            }
            else
            {
                filled.Append('{');
                rest = rest[1..];
            }
        }

        return filled.Append(rest).ToString();
    }
}
