namespace Ensemble.Testing;

/// <summary>What a reasoning model does not take.</summary>
internal static class ReasoningRules
{
    private static readonly string[] Unsupported =
        ["top_p", "presence_penalty", "frequency_penalty", "stop", "logprobs", "top_logprobs", "logit_bias"];

    public static StubViolation? Check(StubRequest request) =>
        MaxTokens(request)
        ?? Temperature(request)
        ?? Unsupported.Select(field => NotTaken(request, field)).FirstOrDefault(broken => broken is not null);

    private static StubViolation? MaxTokens(StubRequest request) =>
        FieldRules.Has(request, "max_tokens", out _)
            ? RequestRules.Broken(
                "max_tokens",
                "Unsupported parameter: this model does not know 'max_tokens'; it takes 'max_completion_tokens'.",
                "unsupported_parameter")
            : null;

    private static StubViolation? Temperature(StubRequest request) =>
        FieldRules.Has(request, "temperature", out var given) && given.GetDouble() != 1
            ? RequestRules.Broken("temperature", "Unsupported value: this model takes 'temperature' only as 1.", "unsupported_value")
            : null;

    private static StubViolation? NotTaken(StubRequest request, string field) =>
        FieldRules.Has(request, field, out _)
            ? RequestRules.Broken(field, $"Unsupported parameter: this model does not know '{field}'.", "unsupported_parameter")
            : null;
}
