using System.Text.Json;
using Ensemble.Catalog.Reading;
using Ensemble.Frontend.Errors;
using Ensemble.Frontend.Http;

namespace Ensemble.Frontend.Runs;

/// <summary>The body of feedback.</summary>
/// <param name="Score">From 0, wrong, to 1, right.</param>
/// <param name="Comment">Null = there is none.</param>
internal sealed record FeedbackBody(double Score, string? Comment)
{
    /// <summary>Largest body, in bytes.</summary>
    public const int MaxBytes = 32 * 1024;

    /// <summary>Of a comment, in characters.</summary>
    public const int MaxComment = 4000;

    private static readonly string[] Fields = ["correct", "score", "comment"];

    private static readonly JsonDocumentOptions JsonOptions = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

    /// <returns>The feedback, or the error of the body.</returns>
    public static (FeedbackBody? Body, ApiError? Error) Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonSanitizer.Parse(body, JsonOptions);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? Read(document.RootElement)
                : (null, ApiErrors.BadField(null, "The body must be a JSON object, as {\"correct\": true}."));
        }
        catch (JsonException exception)
        {
            return (null, ApiErrors.From(exception));
        }
    }

    private static (FeedbackBody? Body, ApiError? Error) Read(JsonElement body)
    {
        var (correct, score, comment) = (default(double?), default(double?), default(string));
        foreach (var field in body.EnumerateObject())
        {
            var name = field.NameText();
            if (!Fields.Contains(name, StringComparer.Ordinal))
            {
                var advice = NearestName.Advice(name, Fields, $"Known are {string.Join(", ", Fields)}.");
                return (null, ApiErrors.BadField(EchoedText.Cut(name), $"'{EchoedText.Cut(name)}' is not a known field. {advice}"));
            }

            switch (name, field.Value.ValueKind)
            {
                case (_, JsonValueKind.Null):
                    break;
                case ("correct", JsonValueKind.True or JsonValueKind.False):
                    correct = field.Value.GetBoolean() ? 1 : 0;
                    break;
                case ("score", JsonValueKind.Number) when field.Value.Number() is >= 0 and <= 1 and var number:
                    score = number;
                    break;
                case ("comment", JsonValueKind.String) when field.Value.Text() is { Length: <= MaxComment } text:
                    comment = text;
                    break;
                default:
                    return (null, ApiErrors.BadField(name, $"'{name}' must be {Wanted(name)}."));
            }
        }

        return (correct, score) switch
        {
            (null, null) => (null, ApiErrors.BadField("correct", "Say whether the answer is right: 'correct', or 'score' from 0 to 1.")),
            (not null, not null) => (null, ApiErrors.BadField("score", "'correct' and 'score' exclude each other: send one of them.")),
            _ => (new FeedbackBody((correct ?? score)!.Value, comment), null),
        };
    }

    private static string Wanted(string field) => field switch
    {
        "correct" => "true or false",
        "score" => "a number from 0, wrong, to 1, right",
        _ => $"a text of at most {MaxComment} characters",
    };
}
