using System.Runtime.CompilerServices;
using System.Text.Json;
using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Providers.Http;
using Ensemble.Providers.OpenAi;
using Ensemble.Upstreams;
using Microsoft.Extensions.Logging;

namespace Ensemble.Providers.Anthropic;

/// <summary>Anthropic's Messages API. Requests and answers are translated from and to OpenAI's chat completions.</summary>
/// <remarks>
/// A model's <c>params</c> apply before the translation, under OpenAI's names; what they set that OpenAI does not have goes
/// out as it is. Refused parameters are left out and remembered, as with <see cref="OpenAiUpstream"/>.
/// </remarks>
public sealed class AnthropicUpstream(UpstreamHttp http, ISecrets secrets, TimeProvider time, ILogger<AnthropicUpstream> logger)
    : IUpstream
{
    private readonly ConditionalWeakTable<ModelConfig, ModelProfile> _profiles = [];
    private readonly UnsupportedParameterRetry _sender = new(secrets, time, logger);

    public bool SupportsContent(ContentPartKind kind) => kind is ContentPartKind.Text or ContentPartKind.Image or ContentPartKind.Refusal;

    public bool Embeds => false;

    public async Task<UpstreamResult> SendAsync(UpstreamRequest request, CancellationToken cancellationToken)
    {
        if (request.Inputs is not null)
        {
            return UpstreamResult.Failed(CallOutcome.Unsupported, new UpstreamError("The Messages API has no embeddings."));
        }

        if (request.Model.BaseUrl is not { } baseUrl)
        {
            return UpstreamResult.Failed(CallOutcome.Unsupported, new UpstreamError("The model has no base_url."));
        }

        if (!ModelHeaders.TryResolve(request.Model, secrets, out var headers, out var failure))
        {
            return failure;
        }

        var profile = _profiles.GetValue(
            request.Model,
            model => new ModelProfile(model, ModelProfile.Below(baseUrl, "/messages"),
                new OpenAiPreset { Drop = AnthropicModelName.Refused(model.Model) }));
        return await _sender.SendAsync(
            request, profile, (edits, key) => SendAsync(request, edits, profile, key, headers, cancellationToken));
    }

    private async Task<UpstreamResult> SendAsync(
        UpstreamRequest request, RequestEdits edits, ModelProfile profile, string? key, ModelHeaders headers,
        CancellationToken cancellationToken)
    {
        RequestBody body;
        IReadOnlyList<string> dropped;
        try
        {
            body = RequestTranslation.Translate(request, edits, out dropped);
        }
        catch (ChatRequestException exception)
        {
            return Rejected(new UpstreamError(exception.Message) { Code = exception.Code, Param = exception.Param });
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return Rejected(new UpstreamError("A field of the request is not of the shape that OpenAI's reference gives it."));
        }

        var result = await new AnthropicCall(http, time, request, profile, key, headers, body).SendAsync(cancellationToken);
        return dropped.Count == 0 ? result : result with { DroppedParameters = dropped };
    }

    // As the provider would have refused it, had it been sent.
    private static UpstreamResult Rejected(UpstreamError error) => UpstreamResult.Failed(
        CallOutcome.RequestRejected, error with { Status = 400, Type = "invalid_request_error" });
}
