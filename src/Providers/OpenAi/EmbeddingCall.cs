using Ensemble.Providers.Calls;
using Ensemble.Providers.Http;
using Ensemble.Upstreams;

namespace Ensemble.Providers.OpenAi;

/// <summary>One request for the vectors of texts.</summary>
internal sealed class EmbeddingCall(
    UpstreamHttp http, TimeProvider time, UpstreamRequest request, IReadOnlyList<string> inputs, ModelProfile profile, string? key,
    ModelHeaders headers)
    : ProviderCall(http, time, request, key, headers)
{
    private readonly string? _key = key;

    protected override string Expected => "a list of vectors";

    // Sixty-four answers as vectors of 3,072 numbers take four.
    protected override int MaxWholeBytes => 32 * 1024 * 1024;

    protected override HttpRequestMessage Message() =>
        OpenAiCall.Post(profile.Embeddings, EmbeddingBody.Write(inputs, profile), profile, _key);

    protected override Completion ReadWhole(ReadOnlySpan<byte> json) => EmbeddingReader.Read(json, inputs.Count);

    protected override Completion ReadEvent(string type, ReadOnlySpan<byte> data) =>
        throw new InvalidOperationException("Vectors are not streamed.");
}
