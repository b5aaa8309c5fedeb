using System.Runtime.CompilerServices;
using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Providers.Http;
using Ensemble.Upstreams;
using Microsoft.Extensions.Logging;

namespace Ensemble.Providers.OpenAi;

/// <summary>OpenAI's chat completions and embeddings, as OpenAI, Azure OpenAI and every compatible server speak them.</summary>
/// <remarks>
/// A request that is refused for one parameter is repeated at once without it, at most eight times in one call, and the
/// refusal is remembered for an hour. Nothing else is repeated here, and no request for vectors.
/// </remarks>
public sealed class OpenAiUpstream(UpstreamHttp http, ISecrets secrets, TimeProvider time, ILogger<OpenAiUpstream> logger)
    : IUpstream
{
    private readonly ConditionalWeakTable<ModelConfig, ModelProfile> _profiles = [];
    private readonly UnsupportedParameterRetry _sender = new(secrets, time, logger);

    public bool SupportsContent(ContentPartKind kind) => true;

    public async Task<UpstreamResult> SendAsync(UpstreamRequest request, CancellationToken cancellationToken)
    {
        if (request.Model.BaseUrl is not { } baseUrl)
        {
            return UpstreamResult.Failed(CallOutcome.Unsupported, new UpstreamError("The model has no base_url."));
        }

        var profile = _profiles.GetValue(request.Model, model => new ModelProfile(model, baseUrl));
        if (!ModelHeaders.TryResolve(request.Model, secrets, out var headers, out var failure))
        {
            return failure;
        }

        if (request.Inputs is { } inputs)
        {
            return await _sender.SendAsync(
                request, key => new EmbeddingCall(http, time, request, inputs, profile, key, headers).SendAsync(cancellationToken));
        }

        return await _sender.SendAsync(
            request,
            profile,
            (edits, key) => new OpenAiCall(http, time, request, profile, key, headers, edits).SendAsync(cancellationToken));
    }
}
