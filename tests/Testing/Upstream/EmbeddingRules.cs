using System.Text.Json;

namespace Ensemble.Testing;

/// <summary>What OpenAI refuses of a request for vectors. Token arrays, which it takes, are refused too: nothing here sends them.</summary>
internal static class EmbeddingRules
{
    private const int MaxInputs = 2048;

    private static readonly HashSet<string> Known = ["model", "input", "encoding_format", "dimensions", "user"];

    public static StubViolation? Check(StubRequest request) => Fields(request) ?? Input(request) ?? Format(request);

    private static StubViolation? Fields(StubRequest request)
    {
        var unknown = request.Json.EnumerateObject().Select(field => field.Name).FirstOrDefault(name => !Known.Contains(name));
        return unknown is null ? null : RequestRules.Broken(unknown, $"'{unknown}' is not a parameter of this request.", "unknown_parameter");
    }

    private static StubViolation? Input(StubRequest request)
    {
        if (!FieldRules.Has(request, "input", out var input))
        {
            return RequestRules.Broken("input", "'input' is missing.", "missing_required_parameter");
        }

        if (input.ValueKind == JsonValueKind.String)
        {
            return input.GetString()!.Length > 0 ? null : RequestRules.Broken("input", "'input' is empty.", "invalid_value");
        }

        if (input.ValueKind != JsonValueKind.Array || input.EnumerateArray().Any(text => text.ValueKind != JsonValueKind.String))
        {
            return RequestRules.Broken("input", "'input' has to be a string or a list of strings.", "invalid_type");
        }

        var count = input.GetArrayLength();
        return count is 0 or > MaxInputs || input.EnumerateArray().Any(text => text.GetString()!.Length == 0)
            ? RequestRules.Broken("input", $"'input' has to hold 1 to {MaxInputs} strings, none of them empty.", "invalid_value")
            : null;
    }

    private static StubViolation? Format(StubRequest request)
    {
        if (FieldRules.Has(request, "encoding_format", out var format) && format.ToString() is not ("float" or "base64"))
        {
            return RequestRules.Broken("encoding_format", "'encoding_format' has to be float or base64.", "invalid_value");
        }

        return FieldRules.Has(request, "dimensions", out var size) && !(size.ValueKind == JsonValueKind.Number && size.TryGetInt32(out var number) && number > 0)
            ? RequestRules.Broken("dimensions", "'dimensions' has to be a whole number above 0.", "invalid_type")
            : null;
    }
}
