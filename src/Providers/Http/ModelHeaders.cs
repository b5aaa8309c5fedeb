using System.Diagnostics.CodeAnalysis;
using Ensemble.Catalog;
using Ensemble.Upstreams;

namespace Ensemble.Providers.Http;

/// <summary>The headers of a model with their secrets, as they go out with one request.</summary>
internal sealed class ModelHeaders
{
    public static readonly ModelHeaders None = new([]);

    private readonly (string Name, string Value, bool IsSecret)[] _headers;

    private ModelHeaders((string Name, string Value, bool IsSecret)[] headers) => _headers = headers;

    /// <param name="failure">What the call fails with, where a secret is missing or cannot be sent.</param>
    public static bool TryResolve(
        ModelConfig model, ISecrets secrets, out ModelHeaders headers, [NotNullWhen(false)] out UpstreamResult? failure)
    {
        (headers, failure) = (None, null);
        if (model.Headers.Count == 0)
        {
            return true;
        }

        var resolved = new (string, string, bool)[model.Headers.Count];
        for (var index = 0; index < resolved.Length; index++)
        {
            var header = model.Headers[index];
            var value = header.Value;
            if (header.Secret is { } secret
                && (!secrets.TryResolve(secret, out value) || value.Length == 0 || value.AsSpan().ContainsAnyExceptInRange(' ', '~')))
            {
                failure = UpstreamResult.Failed(
                    CallOutcome.AuthenticationFailed,
                    new UpstreamError($"The header {header.Name} is missing or cannot be sent: {secret}."));
                return false;
            }

            resolved[index] = (header.Name, value!, header.Secret is not null);
        }

        headers = new ModelHeaders(resolved);
        return true;
    }

    public void AddTo(HttpRequestMessage message)
    {
        foreach (var (name, value, _) in _headers)
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }
    }

    /// <summary>A provider's text without the secrets that it may have repeated.</summary>
    public string Redact(string text)
    {
        foreach (var (_, value, isSecret) in _headers)
        {
            text = isSecret ? text.Replace(value, "***", StringComparison.Ordinal) : text;
        }

        return text;
    }
}
