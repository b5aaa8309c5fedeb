using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ensemble.Evaluation.Analysis;

namespace Ensemble.Evaluation.Reports;

/// <summary>Writes the report in its three forms beside each other.</summary>
internal static class ReportFiles
{
    private static readonly ReportJson Relaxed =
        new(new JsonSerializerOptions(ReportJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <param name="path">Without extension.</param>
    /// <returns>The files.</returns>
    /// <exception cref="EvaluationException">They cannot be written.</exception>
    public static async Task<IReadOnlyList<string>> WriteAsync(EvaluationReport report, string path, CancellationToken cancel)
    {
        try
        {
            if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
            {
                Directory.CreateDirectory(folder);
            }

            (string File, string Text)[] files =
            [
                ($"{path}.md", MarkdownReport.Write(report)),
                ($"{path}.json", Json(report)),
                ($"{path}.html", HtmlReport.Write(report)),
            ];
            foreach (var (file, text) in files)
            {
                await File.WriteAllTextAsync(file, text, cancel);
            }

            return [.. files.Select(static file => file.File)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new EvaluationException($"--out {path}: cannot be written: {exception.Message}");
        }
    }

    internal static string Json(EvaluationReport report) => JsonSerializer.Serialize(report, Relaxed.EvaluationReport) + "\n";
}

[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UseStringEnumConverter = true,
    Converters = [typeof(SecondsConverter)])]
[JsonSerializable(typeof(EvaluationReport))]
internal sealed partial class ReportJson : JsonSerializerContext;

/// <summary>Times as seconds.</summary>
internal sealed class SecondsConverter : JsonConverter<TimeSpan>
{
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("A report is written, and not read.");

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(Math.Round(value.TotalSeconds, 3));
}
