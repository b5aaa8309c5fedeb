using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Providers.Http;
using Ensemble.Upstreams;
using Microsoft.Extensions.Logging;

namespace Ensemble.Providers.OpenAi;

/// <summary>
/// Sends a request with the model's key, adapted to its provider. One that is refused for one parameter is repeated at once
/// without it, at most eight times in one call; what the provider then takes is remembered. Nothing else is repeated here.
/// </summary>
internal sealed partial class UnsupportedParameterRetry(ISecrets secrets, TimeProvider time, ILogger logger)
{
    private const int MaxRefusals = 8;

    private readonly LearnedParameters _learned = new(time);
    private readonly ILogger _logger = logger;

    /// <param name="send">Makes one HTTP request; errors name parameters as OpenAI calls them.</param>
    public async Task<UpstreamResult> SendAsync(
        UpstreamRequest request, ModelProfile profile, Func<RequestEdits, string?, Task<UpstreamResult>> send)
    {
        if (!TryGetKey(request.Model, out var key))
        {
            return KeyMissing(request.Model);
        }

        var learned = _learned.Of(profile.LearnedKey);
        List<LearnedParameter>? found = null;
        HashSet<LearnedParameter>? tried = null;
        for (var refusals = 0; ; refusals++)
        {
            var edits = ProviderAdaptation.Apply(request, profile, learned, out var dropped);
            var result = await send(edits, key);
            if (refusals < MaxRefusals
                && result is { Outcome: CallOutcome.RequestRejected, Error: { Status: 400 or 422 } error }
                && ParameterRefusal.Find(error, request.Chat, edits) is { } refusal
                && !learned.Contains(refusal.Parameter)
                && (tried ??= []).Add(refusal.Parameter))
            {
                learned = LearnedParameters.With(learned, refusal.Parameter);
                if (refusal.IsCertain)
                {
                    (found ??= []).Add(refusal.Parameter);
                }

                continue;
            }

            if (result.Error is null && found is not null)
            {
                Learn(request, profile, found);
            }

            LogPermanent(request.Model, result);
            return dropped.Count == 0 ? result : result with { DroppedParameters = [.. dropped.Union(result.DroppedParameters)] };
        }
    }

    /// <summary>Sends a request of which no parameter is worth learning.</summary>
    /// <param name="send">Makes one HTTP request with the key.</param>
    public async Task<UpstreamResult> SendAsync(UpstreamRequest request, Func<string?, Task<UpstreamResult>> send)
    {
        if (!TryGetKey(request.Model, out var key))
        {
            return KeyMissing(request.Model);
        }

        var result = await send(key);
        LogPermanent(request.Model, result);
        return result;
    }

    /// <param name="found">What this call went without in the end, and has now been answered.</param>
    private void Learn(UpstreamRequest request, ModelProfile profile, List<LearnedParameter> found)
    {
        foreach (var parameter in found)
        {
            if (_learned.Add(profile.LearnedKey, parameter))
            {
                LogLearned(request.Model.DisplayName, parameter.Name);
            }
        }
    }

    private UpstreamResult KeyMissing(ModelConfig model)
    {
        LogKeyMissing(model.DisplayName, model.ApiKey?.ToString() ?? "");
        return UpstreamResult.Failed(
            CallOutcome.AuthenticationFailed,
            new UpstreamError($"The key {model.ApiKey} is missing or cannot be sent.") { NeverSent = true });
    }

    private void LogPermanent(ModelConfig model, UpstreamResult result)
    {
        if (result.Outcome == CallOutcome.AuthenticationFailed)
        {
            LogKeyRefused(model.DisplayName, result.Error?.Status);
        }
        else if (result is { Outcome: CallOutcome.NotFound, Error: { Status: null, Code: AddressRefusedException.Code } refused })
        {
            LogAddressRefused(model.DisplayName, refused.Message);
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
