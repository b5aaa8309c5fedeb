using System.Text;
using System.Text.Json;
using Ensemble.Catalog;
using Ensemble.Catalog.Reading;
using Ensemble.Frontend.Errors;
using Ensemble.Frontend.Http;
using Ensemble.Runs;

namespace Ensemble.Frontend.Replays;

/// <summary>The body of a replay.</summary>
/// <param name="Strategy">Null = the ensemble's.</param>
/// <param name="Judge">An alias; null = the ensemble's.</param>
/// <param name="Stream">Whether the answer is streamed, whatever the first one was.</param>
/// <param name="StreamOptions">A JSON object; null = as the first request has them.</param>
internal sealed record ReplayOptions(StrategyKind? Strategy, string? Judge, bool Stream, ReadOnlyMemory<byte>? StreamOptions)
{
    /// <summary>Largest body, in bytes.</summary>
    public const int MaxBytes = 64 * 1024;

    private static readonly string[] Fields = ["strategy", "judge", "stream", "stream_options"];

    private static readonly JsonDocumentOptions JsonOptions = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

    /// <returns>The options, or what is wrong with them.</returns>
    public static (ReplayOptions? Options, ApiError? Error) Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonSanitizer.Parse(body, JsonOptions);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? Read(document.RootElement)
                : (null, ApiErrors.BadField(null, "The body must be a JSON object; {} replays the run as it was."));
        }
        catch (JsonException exception)
        {
            return (null, ApiErrors.From(exception));
        }
    }

    private static (ReplayOptions? Options, ApiError? Error) Read(JsonElement body)
    {
        var options = new ReplayOptions(null, null, false, null);
        foreach (var field in body.EnumerateObject())
        {
            var fieldName = field.NameText();
            if (!Fields.Contains(fieldName, StringComparer.Ordinal))
            {
                var advice = NearestName.Advice(fieldName, Fields, $"Known are {string.Join(", ", Fields)}.");
                return (null, ApiErrors.BadField(
                    EchoedText.Cut(fieldName), $"'{EchoedText.Cut(fieldName)}' is not a known field. {advice}"));
            }

            if (field.Value.ValueKind == JsonValueKind.Null)
            {
                continue;
            }

            switch (fieldName, field.Value.ValueKind)
            {
                case ("strategy", JsonValueKind.String):
                    var name = field.Value.Text()!;
                    if (!ReplayRules.Names.TryGetValue(name, out var strategy))
                    {
                        var advice = NearestName.Advice(
                            name, ReplayRules.Replayable, $"Name one of: {string.Join(", ", ReplayRules.Replayable)}.");
                        return (null, ApiErrors.BadField("strategy", $"'{EchoedText.Cut(name)}' is no strategy. {advice}"));
                    }

                    options = options with { Strategy = strategy };
                    break;
                case ("judge", JsonValueKind.String):
                    options = options with { Judge = field.Value.Text() };
                    break;
                case ("stream", JsonValueKind.True or JsonValueKind.False):
                    options = options with { Stream = field.Value.GetBoolean() };
                    break;
                case ("stream_options", JsonValueKind.Object):
                    options = options with { StreamOptions = Encoding.UTF8.GetBytes(field.Value.RawText()) };
                    break;
                default:
                    return (null, ApiErrors.BadField(fieldName, $"'{fieldName}' must be {Wanted(fieldName)}."));
            }
        }

        return options is { Stream: false, StreamOptions: not null }
            ? (null, ApiErrors.BadField("stream_options", "'stream_options' is for streams: leave it out, or send 'stream': true."))
            : (options, null);
    }

    private static string Wanted(string field) => field switch
    {
        "stream" => "true or false",
        "stream_options" => "an object",
        "judge" => "the alias of a model",
        _ => "the name of a strategy",
    };
}
