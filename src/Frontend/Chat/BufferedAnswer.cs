using System.Text;
using System.Text.Json;
using Ensemble.Frontend.Errors;
using Ensemble.Frontend.Http;
using Ensemble.Frontend.Runs;
using Ensemble.Runs;
using Ensemble.Usage;

namespace Ensemble.Frontend.Chat;

/// <summary>Folds a run's events into one chat completion.</summary>
internal static class BufferedAnswer
{
    /// <param name="manifests">Knows the manifest that goes into the answer, names included; null = none does.</param>
    /// <param name="showsNames">Whether an error may name models.</param>
    public static async Task WriteAsync(
        HttpContext context, RunRequest request, IAsyncEnumerable<RunEvent> events, IRunEngine? manifests, bool showsNames,
        TimeProvider time)
    {
        var facts = new AnswerMetadata();
        string? text = null;
        StringBuilder? longer = null;
        await foreach (var runEvent in events)
        {
            if (facts.StartsIncarnation(runEvent))
            {
                (text, longer) = (null, null);
            }

            switch (runEvent)
            {
                case AnswerDelta delta when text is null:
                    text = delta.Text;
                    break;
                case AnswerDelta delta:
                    (longer ??= new StringBuilder(text)).Append(delta.Text);
                    break;
                case RunCompleted completed:
                    facts.WriteTo(context.Response.Headers, completed.Usage);
                    var body = new Body(request, time.GetUtcNow().ToUnixTimeSeconds(), longer?.ToString() ?? text, completed)
                    {
                        HasManifest = manifests is not null,
                        Manifest = manifests is null ? null : await FindManifestAsync(manifests, request.Id, context.RequestAborted),
                    };
                    await JsonResponse.WriteAsync(context.Response, body, Write);
                    return;
                case RunFailed failed:
                    facts.WriteTo(context.Response.Headers, failed.Usage);
                    await ApiErrorWriter.WriteAsync(context, RunErrors.Of(context.Request, failed.Failure, showsNames));
                    return;
                default:
                    facts.Take(runEvent);
                    break;
            }
        }

        throw new InvalidOperationException($"Run {request.Id} ended without an end.");
    }

    private static void Write(Utf8JsonWriter json, Body body)
    {
        var answer = body.Completed.Answer;
        json.WriteStartObject();
        json.WriteString("id"u8, $"chatcmpl-{body.Request.Id.Value}");
        json.WriteString("object"u8, "chat.completion"u8);
        json.WriteNumber("created"u8, body.Created);
        json.WriteString("model"u8, body.Request.Chat.Model);
        json.WritePropertyName("choices"u8);
        if (!answer.Choices.IsEmpty)
        {
            json.WriteRawValue(answer.Choices.Span, skipInputValidation: true);
        }
        else
        {
            json.WriteStartArray();
            json.WriteStartObject();
            json.WriteNumber("index"u8, 0);
            json.WriteStartObject("message"u8);
            json.WriteString("role"u8, "assistant"u8);
            json.WriteString("content"u8, answer.Refusal is null ? body.Text ?? "" : null);
            json.WriteString("refusal"u8, answer.Refusal);
            json.WriteEndObject();
            json.WriteNull("logprobs"u8);
            json.WriteString("finish_reason"u8, answer.FinishReason);
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WritePropertyName("usage"u8);
        UsageJson.Write(json, body.Completed.Usage, answer.UsageFields);
        if (!answer.Fields.IsEmpty)
        {
            using var fields = JsonSanitizer.Parse(answer.Fields);
            foreach (var field in fields.RootElement.EnumerateObject())
            {
                field.WriteTo(json);
            }
        }

        if (body.HasManifest)
        {
            // Of an answer that is repeated it may have been forgotten.
            var manifest = body.Manifest is null ? null : new ManifestView(body.Manifest, showsNames: true);
            json.WritePropertyName("ensemble"u8);
            JsonSerializer.Serialize(json, manifest!, RunsJson.Default.ManifestView);
        }

        json.WriteEndObject();
    }

    private static async ValueTask<RunManifest?> FindManifestAsync(IRunEngine manifests, RunId run, CancellationToken cancellationToken)
    {
        try
        {
            return await manifests.FindManifestAsync(run, cancellationToken);
        }
        catch (ClusterUnavailableException)
        {
            // The answer is here and paid for; it is not lost over what is said about it.
            return null;
        }
    }

    private readonly record struct Body(RunRequest Request, long Created, string? Text, RunCompleted Completed)
    {
        public bool HasManifest { get; init; }

        public RunManifest? Manifest { get; init; }
    }
}
