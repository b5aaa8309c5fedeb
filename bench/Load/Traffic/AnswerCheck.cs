using System.Text;
using Ensemble.Load.Stub;

namespace Ensemble.Load.Traffic;

/// <summary>Whether an answer is a whole, judged, undegraded one.</summary>
internal static class AnswerCheck
{
    private static readonly byte[] JudgeWords = Encoding.UTF8.GetBytes(StubModel.JudgeWords.Trim());

    /// <param name="body">Chunk sizes may still be in it.</param>
    /// <returns>What is wrong with it; null = nothing.</returns>
    public static string? Fault(int status, bool isDegraded, ReadOnlySpan<byte> body, bool isStreamed, bool hasContent)
    {
        var fault = status != 200 ? $"status {status}"
            : isDegraded ? "a degraded answer"
            : body.IndexOf(JudgeWords) < 0 ? "an answer without the judge's words"
            : body.IndexOf("\"stop\""u8) < 0 ? "an answer without its finish"
            : !isStreamed ? null
            : !hasContent ? "a stream without content"
            : body.LastIndexOf("data: [DONE]"u8) < body.LastIndexOf("data: {"u8) ? "a stream without [DONE]"
            : null;
        return fault is null ? null : $"{fault}: {Encoding.UTF8.GetString(body[..Math.Min(body.Length, 300)])}";
    }

    /// <summary>A role chunk may carry an empty content: that is no answer yet.</summary>
    public static bool HasContent(ReadOnlySpan<byte> body)
    {
        var mark = "\"content\":\""u8;
        for (var at = body.IndexOf(mark); at >= 0; at = body.IndexOf(mark))
        {
            body = body[(at + mark.Length)..];
            if (!body.IsEmpty && body[0] != '"')
            {
                return true;
            }
        }

        return false;
    }
}
