using System.Net.Http.Headers;
using System.Text.Json;
using Ensemble.Chat;
using Ensemble.Providers.Calls;
using Ensemble.Providers.Http;
using Ensemble.Upstreams;

namespace Ensemble.Providers.OpenAi;

/// <summary>One request for a chat completion.</summary>
internal sealed class OpenAiCall(
    UpstreamHttp http, TimeProvider time, UpstreamRequest request, ModelProfile profile, string? key, ModelHeaders headers,
    RequestEdits edits)
    : ProviderCall(http, time, request, key, headers, profile.Reasoning)
{
    private readonly UpstreamRequest _request = request;
    private readonly string? _key = key;
    private readonly ProviderFields? _fields = request.KeepChoices ? new ProviderFields(request.Model) : null;
    private AnswerRewriter? _chunks;

    /// <summary>A request with the key where the provider looks for it.</summary>
    public static HttpRequestMessage Post(Uri address, RequestBody body, ModelProfile profile, string? key)
    {
        var message = new HttpRequestMessage(HttpMethod.Post, address) { Content = new RequestBodyContent(body) };
        if (key is not null && profile.IsAzure)
        {
            message.Headers.Add("api-key", key);
        }
        else if (key is not null)
        {
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        return message;
    }

    protected override HttpRequestMessage Message() => Post(profile.Endpoint, RequestRewriter.Rewrite(_request.Chat, edits), profile, _key);

    protected override Completion ReadWhole(ReadOnlySpan<byte> json) => Read(json, Rewriter(isWhole: true));

    protected override Completion ReadEvent(string type, ReadOnlySpan<byte> data)
    {
        if (data.SequenceEqual("[DONE]"u8))
        {
            return new Completion { IsDone = true };
        }

        if (type == "error")
        {
            return new Completion { Error = ErrorReader.ReadBody(data) };
        }

        return data.IsEmpty ? default : Read(data, _chunks ??= Rewriter(isWhole: false));
    }

    private AnswerRewriter? Rewriter(bool isWhole) => _fields is null && !_request.KeepCalls ? null : new AnswerRewriter(isWhole, _fields);

    /// <summary>Reads an answer, or a piece of one, or what some servers put in its place without calling it an error.</summary>
    private Completion Read(ReadOnlySpan<byte> json, AnswerRewriter? rewriter)
    {
        try
        {
            var completion = CompletionReader.Read(json, rewriter, _fields);
            return completion is { ChoiceCount: 0, Usage: null, Error: null }
                ? completion with { Error = ErrorReader.ReadUnexpected(json) }
                : completion;
        }
        catch (JsonException) when (json is [(byte)'[' or (byte)'"', ..] && ErrorReader.ReadUnexpected(json) is not null)
        {
            return new Completion { Error = ErrorReader.ReadUnexpected(json) };
        }
    }
}
