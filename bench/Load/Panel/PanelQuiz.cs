using System.Net.Http.Json;
using System.Text.Json;
using Ensemble.Answers;
using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Upstreams;

namespace Ensemble.Load.Panel;

/// <summary>Asks the product all questions under one name, eight at a time, and scores the answers.</summary>
internal sealed class PanelQuiz(Uri product, RecordedPanel recorded, ReplayServer upstream) : IDisposable
{
    private const int AtOnce = 8;

    private readonly HttpClient _http = new()
    {
        BaseAddress = product,
        DefaultRequestHeaders = { Authorization = new("Bearer", Names.CallerKey) },
    };

    public async Task<PanelScore> AskAsync(PanelSubject subject, CancellationToken cancel)
    {
        var before = upstream.Calls;
        var (right, labelled, failed) = (0, 0, 0);
        string? failure = null;
        await Parallel.ForEachAsync(
            recorded.Questions,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel },
            async (question, stop) =>
            {
                var (answer, problem) = await AskAsync(subject.Alias, question.Question, stop);
                if (answer is null)
                {
                    Interlocked.Increment(ref failed);
                    Interlocked.CompareExchange(ref failure, problem, null);
                    return;
                }

                Interlocked.Add(ref right, IsRight(question, answer) ? 1 : 0);
                Interlocked.Add(ref labelled, question.Responses.Values.Any(response => response.Correct && response.Text == answer) ? 1 : 0);
            });
        var calls = upstream.Calls.ToDictionary(model => model.Key, model => model.Value - before[model.Key]);
        return new PanelScore(subject, recorded.Questions.Count, right, labelled, failed, failure, calls);
    }

    public void Dispose() => _http.Dispose();

    /// <summary>By the number that an answer comes to, found as the product finds it where it counts votes.</summary>
    private static bool IsRight(RecordedQuestion question, string answer)
    {
        var chat = ChatRequestParser.Parse(
            JsonSerializer.SerializeToUtf8Bytes(new { model = "m", messages = new[] { new { role = "user", content = question.Question } } }), ChatLimits.Default);
        var reader = AnswerReader.For(chat, AnswerType.Number, tools: false);
        return reader.Read(new ChatAnswer(answer, "stop")) is { } stated && stated == reader.Read(new ChatAnswer(question.Answer, "stop"));
    }

    private async Task<(string? Answer, string? Problem)> AskAsync(string alias, string question, CancellationToken cancel)
    {
        using var response = await _http.PostAsJsonAsync(
            new Uri(Names.ChatPath, UriKind.Relative), new { model = alias, messages = new[] { new { role = "user", content = question } } }, cancel);
        var text = await response.Content.ReadAsStringAsync(cancel);
        if (!response.IsSuccessStatusCode)
        {
            return (null, $"{(int)response.StatusCode}: {text}");
        }

        using var body = JsonDocument.Parse(text);
        return body.RootElement.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString() is { } content
            ? (content, null)
            : (null, "an answer without text");
    }
}
