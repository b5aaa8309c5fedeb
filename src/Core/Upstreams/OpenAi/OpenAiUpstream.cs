using System.Runtime.CompilerServices;
using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Upstreams.Http;
using Microsoft.Extensions.Logging;

namespace Ensemble.Upstreams.OpenAi;

/// <summary>OpenAI's chat completions, as OpenAI, Azure OpenAI and every compatible server speak them.</summary>
/// <remarks>
/// A request that is refused for one parameter is repeated at once without it, at most three times in one call, and the
/// provider's dislike is remembered. Nothing else is repeated here.
/// </remarks>
public sealed partial class OpenAiUpstream(UpstreamHttp http, ISecrets secrets, TimeProvider time, ILogger<OpenAiUpstream> logger)
    : IUpstream
{
    private const int MostRefusals = 3;

    private readonly ConditionalWeakTable<ModelConfig, ModelProfile> _profiles = [];
    private readonly LearnedParameters _learned = new();
    private readonly ILogger _logger = logger;

    public bool Carries(ContentPartKind kind) => true;

    public async Task<UpstreamResult> SendAsync(UpstreamRequest request, CancellationToken cancellationToken)
    {
        if (request.Model.BaseUrl is not { } baseUrl)
        {
            return UpstreamResult.Failed(CallOutcome.Unsupported, new UpstreamError("The model has no base_url."));
        }

        if (!TryGetKey(request.Model, out var key))
        {
            LogKeyMissing(request.Model.DisplayName, request.Model.ApiKey?.ToString() ?? "");
            return UpstreamResult.Failed(
                CallOutcome.AuthenticationFailed, new UpstreamError($"The key {request.Model.ApiKey} is missing or cannot be sent."));
        }

        var profile = _profiles.GetValue(request.Model, model => new ModelProfile(model, baseUrl));
        var learned = _learned.Of(profile.LearnedKey);
        for (var refusals = 0; ; refusals++)
        {
            var edits = ProviderAdaptation.Apply(request, profile, learned, out var dropped);
            var call = new OpenAiCall(http, time, request, profile, key);
            var result = await call.SendAsync(edits, cancellationToken);
            if (refusals < MostRefusals
                && result is { Outcome: CallOutcome.RequestRejected, Error: { Status: 400 or 422 } error }
                && ParameterRefusal.Find(error, request.Chat, edits) is { } parameter
                && !learned.Contains(parameter))
            {
                learned = LearnedParameters.With(learned, parameter);
                if (_learned.Add(profile.LearnedKey, parameter))
                {
                    LogLearned(request.Model.DisplayName, parameter.Name);
                }

                continue;
            }

            if (result.Outcome == CallOutcome.AuthenticationFailed)
            {
                LogKeyRefused(request.Model.DisplayName, result.Error?.Status);
            }
            else if (result is { Outcome: CallOutcome.NotFound, Error: { Status: null, Code: AddressRefusedException.Code } refused })
            {
                LogAddressRefused(request.Model.DisplayName, refused.Message);
            }

            return dropped.Count == 0 ? result : result with { DroppedParameters = dropped };
        }
    }

    private bool TryGetKey(ModelConfig model, out string? key)
    {
        key = null;
        if (model.ApiKey is null)
        {
            return true;
        }

        // A line break would end the header: such a key is no key.
        return secrets.TryResolve(model.ApiKey, out key) && key.Length > 0 && !key.AsSpan().ContainsAnyExceptInRange('!', '~');
    }
}
