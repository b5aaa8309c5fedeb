using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Upstreams.Http;
using Microsoft.Extensions.Logging;

namespace Ensemble.Upstreams.OpenAi;

/// <summary>
/// Sends a request with the model's key, adapted to its provider. One that is refused for one parameter is repeated at once
/// without it, at most three times in one call, and the provider's dislike is remembered. Nothing else is repeated here.
/// </summary>
internal sealed partial class LearningSender(ISecrets secrets, ILogger logger)
{
    private const int MostRefusals = 3;

    private readonly LearnedParameters _learned = new();
    private readonly ILogger _logger = logger;

    /// <param name="send">Makes one HTTP request; errors name parameters as OpenAI calls them.</param>
    public async Task<UpstreamResult> SendAsync(UpstreamRequest request, ModelProfile profile, Func<RequestEdits, string?, Task<UpstreamResult>> send)
    {
        if (!TryGetKey(request.Model, out var key))
        {
            return KeyMissing(request.Model);
        }

        var learned = _learned.Of(profile.LearnedKey);
        for (var refusals = 0; ; refusals++)
        {
            var edits = ProviderAdaptation.Apply(request, profile, learned, out var dropped);
            var result = await send(edits, key);
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

            LogLasting(request.Model, result);
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
        LogLasting(request.Model, result);
        return result;
    }

    private UpstreamResult KeyMissing(ModelConfig model)
    {
        LogKeyMissing(model.DisplayName, model.ApiKey?.ToString() ?? "");
        return UpstreamResult.Failed(
            CallOutcome.AuthenticationFailed, new UpstreamError($"The key {model.ApiKey} is missing or cannot be sent."));
    }

    private void LogLasting(ModelConfig model, UpstreamResult result)
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
