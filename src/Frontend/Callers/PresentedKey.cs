namespace Ensemble.Frontend.Callers;

/// <summary>
/// The key that a request carries: <c>Authorization: Bearer KEY</c>, else Anthropic's <c>x-api-key</c>, else Azure's <c>api-key</c>.
/// </summary>
internal static class PresentedKey
{
    private const string Scheme = "Bearer ";

    private static readonly string[] Headers = ["x-api-key", "api-key"];

    /// <returns>Null where no header has one.</returns>
    public static string? Of(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        if (header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            && header.AsSpan(Scheme.Length).Trim() is { IsEmpty: false } bearer)
        {
            return bearer.ToString();
        }

        foreach (var name in Headers)
        {
            if (request.Headers.TryGetValue(name, out var values) && values.ToString().Trim() is { Length: > 0 } key)
            {
                return key;
            }
        }

        return null;
    }
}
