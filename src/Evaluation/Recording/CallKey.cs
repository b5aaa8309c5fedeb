using System.Security.Cryptography;
using System.Text;
using Ensemble.Chat;
using Ensemble.Models;

namespace Ensemble.Evaluation.Recording;

/// <summary>
/// Names a call by who is asked and what: of two calls with the same key the second is not made. Which ensemble or strategy asks is not in
/// it, so that all of them are given the same answers.
/// </summary>
internal static class CallKey
{
    /// <param name="wantsLogprobs">Whether an answer without log-probabilities is of no use, whether or not this call asks
    /// for them.</param>
    /// <param name="ordinal">Which of several calls of one run that ask the same, from 0.</param>
    public static string Of(ModelCall call, bool wantsLogprobs, int ordinal)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var model = call.Model;
        Add(hash, $"1\n{model.DisplayName}\n{model.Provider}\n{model.BaseUrl}\n{model.Model}\n{wantsLogprobs}\n{ordinal}\n");
        if (call.Inputs is { } inputs)
        {
            foreach (var input in inputs)
            {
                Add(hash, $"{input.Length}\n{input}");
            }
        }
        else
        {
            // The alias that the caller named is the ensemble's.
            var edits = new RequestEdits(call.Edits).Drop("model").Drop("logprobs");
            foreach (var segment in RequestRewriter.Rewrite(call.Chat, edits).Segments)
            {
                hash.AppendData(segment.Span);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16));
    }

    private static void Add(IncrementalHash hash, string text) => hash.AppendData(Encoding.UTF8.GetBytes(text));
}
