using Ensemble.Chat;
using Ensemble.Providers.Calls;
using Ensemble.Providers.Http;
using Ensemble.Providers.OpenAi;
using Ensemble.Upstreams;

namespace Ensemble.Providers.Anthropic;

/// <summary>One request for a message.</summary>
internal sealed class AnthropicCall(
    UpstreamHttp http, TimeProvider time, UpstreamRequest request, ModelProfile profile, string? key, ModelHeaders headers,
    RequestBody body)
    : ProviderCall(http, time, request, key, headers, profile.Reasoning)
{
    private readonly EventReader _events = new(request.KeepChoices || request.KeepCalls);
    private readonly bool _keepChoices = request.KeepChoices || request.KeepCalls;
    private readonly bool _hasThinking =
        request.Chat.TryGetField("thinking", out _) || request.Model.Params.Set.ContainsKey("thinking");
    private readonly string? _key = key;

    protected override HttpRequestMessage Message()
    {
        var message = new HttpRequestMessage(HttpMethod.Post, profile.Endpoint) { Content = new RequestBodyContent(body) };
        message.Headers.Add("anthropic-version", "2023-06-01");
        if (_key is not null)
        {
            message.Headers.TryAddWithoutValidation("x-api-key", _key);
        }

        return message;
    }

    protected override Completion ReadWhole(ReadOnlySpan<byte> json) => MessageReader.Read(json, _keepChoices);

    protected override Completion ReadEvent(string type, ReadOnlySpan<byte> data) => data.IsEmpty ? default : _events.Read(data);

    protected override Completion End() => _events.End();

    protected override (CallOutcome Outcome, UpstreamError Error) Classify(UpstreamError error)
    {
        var (outcome, classified) = base.Classify(error);
        return AnthropicErrors.Classify(outcome, classified, _hasThinking);
    }
}
