using System.Text;
using System.Text.Json;
using Ensemble.Frontend.Dialects;
using Ensemble.Frontend.Errors;
using Ensemble.Frontend.Http;
using Ensemble.Frontend.Runs;
using Ensemble.Runs;
using Ensemble.Usage;

namespace Ensemble.Frontend.Chat;

/// <summary>Folds a run's events into one whole answer.</summary>
internal static class BufferedAnswer
{
    /// <param name="format">How the answer is written.</param>
    /// <param name="manifests">Knows the manifest that goes into the answer, names included; null = none does.</param>
    /// <param name="showsNames">Whether an error may name models.</param>
    public static async Task WriteAsync(
        HttpContext context, RunRequest request, IAsyncEnumerable<RunEvent> events, IAnswerFormat format, IRunEngine? manifests,
        bool showsNames, TimeProvider time)
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
                    var whole = new WholeAnswer(
                        request, time.GetUtcNow().ToUnixTimeSeconds(), longer?.ToString() ?? text, completed);
                    var body = new Body(format, whole)
                    {
                        HasManifest = manifests is not null,
                        Manifest = manifests is null ? null : await FindManifestAsync(manifests, request.Id, context.RequestAborted),
                    };
                    await JsonResponse.WriteAsync(context.Response, body, Write);
                    return;
                case RunFailed failed:
                    facts.WriteTo(context.Response.Headers, failed.Usage);
                    await ApiErrorWriter.WriteAsync(
                        context, format.Describe(RunErrors.Of(context.Request, failed.Failure, showsNames)));
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
        json.WriteStartObject();
        body.Format.Write(json, body.Answer);
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

    private readonly record struct Body(IAnswerFormat Format, WholeAnswer Answer)
    {
        public bool HasManifest { get; init; }

        public RunManifest? Manifest { get; init; }
    }
}
