using System.Text.Json;
using Ensemble.Load.Processes;

namespace Ensemble.Load.Panel;

/// <summary>Questions with a known answer, and what real models answered to them once.</summary>
internal sealed class RecordedPanel
{
    private const string Variable = "ENSEMBLE_DATA";
    private const string Recording = "gsm8k-panel/panel.jsonl";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly Dictionary<string, RecordedQuestion> _byText;

    private RecordedPanel(IReadOnlyList<RecordedQuestion> questions)
    {
        Questions = questions;
        Models = [.. questions[0].Responses.Keys];
        _byText = questions.ToDictionary(question => question.Question, StringComparer.Ordinal);
    }

    public IReadOnlyList<RecordedQuestion> Questions { get; }

    public IReadOnlyList<string> Models { get; }

    /// <returns>Null where no question has exactly this text.</returns>
    public RecordedQuestion? Find(string text) => _byText.GetValueOrDefault(text);

    /// <param name="given">A file or a folder; null = as the environment says, else above the working folder or the repository.</param>
    /// <exception cref="LoadException">There are no recorded answers, or not in the form that they should have.</exception>
    public static async Task<RecordedPanel> ReadAsync(string? given, CancellationToken cancel)
    {
        var file = Locate(given);
        var questions = new List<RecordedQuestion>();
        try
        {
            await foreach (var line in File.ReadLinesAsync(file, cancel))
            {
                questions.Add(JsonSerializer.Deserialize<RecordedQuestion>(line, Json) ?? throw new JsonException("null"));
            }

            return questions.Count > 0 && questions.All(question => question.Responses.Count == questions[0].Responses.Count)
                ? new RecordedPanel(questions)
                : throw new JsonException("The questions do not all have answers of the same models, or there are none.");
        }
        catch (Exception problem) when (problem is JsonException or ArgumentException)
        {
            throw new LoadException($"{file}, line {questions.Count + 1}: {problem.Message}");
        }
    }

    private static string Locate(string? given)
    {
        var named = given ?? Environment.GetEnvironmentVariable(Variable);
        var places = string.IsNullOrEmpty(named)
            ? Above(Environment.CurrentDirectory).Concat(Above(ProductFiles.Repository())).Select(folder => Path.Combine(folder, "shared/data", Recording))
            : [named, Path.Combine(named, Recording), Path.Combine(named, Path.GetFileName(Recording))];
        return places.FirstOrDefault(File.Exists) ?? throw new LoadException(
            string.IsNullOrEmpty(named)
                ? $"There are no recorded answers: no folder from here up has shared/data/{Recording}. Give --data FILE, or set {Variable}."
                : $"There are no recorded answers at {Path.GetFullPath(named)}: {(given is null ? Variable : "--data")} wants {Recording}, or its folder.");
    }

    private static IEnumerable<string> Above(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            yield return folder.FullName;
        }
    }
}
