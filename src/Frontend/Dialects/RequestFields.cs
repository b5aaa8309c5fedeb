using System.Runtime.InteropServices;
using System.Text.Json;
using Ensemble.Chat;

namespace Ensemble.Frontend.Dialects;

/// <summary>Reads fields of a request, and copies them into another as they were written.</summary>
internal static class RequestFields
{
    public static ChatRequestException Wrong(string path, string what) => new($"'{path}' must be {what}.", path);

    /// <param name="advice">What to do instead; a whole sentence.</param>
    public static ChatRequestException NotOffered(string path, string advice) => new($"'{path}' is not offered here. {advice}", path);

    /// <summary>Whether the value is there, and not null.</summary>
    public static bool IsSet(this JsonElement value) => value.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);

    /// <returns>A value for which <see cref="IsSet"/> is false where there is none, or null.</returns>
    public static JsonElement Field(this JsonElement owner, string name) => owner.Member(name) ?? default;

    /// <returns>The text; null where it is absent or null.</returns>
    /// <exception cref="ChatRequestException">It is something else.</exception>
    public static string? OptionalText(this JsonElement owner, string name, string path) =>
        owner.Field(name) is var value && !value.IsSet() ? null : value.Text() ?? throw Wrong(path, "a string");

    /// <exception cref="ChatRequestException">It is absent, empty or something else.</exception>
    public static JsonElement RequiredText(this JsonElement owner, string name, string path) =>
        owner.Field(name) is { ValueKind: JsonValueKind.String } value && !value.TextIs("")
            ? value
            : throw Wrong(path, "a non-empty string");

    /// <returns>The object; unset where it is absent or null.</returns>
    public static JsonElement OptionalObject(this JsonElement owner, string name, string path) =>
        owner.Field(name) is var value && (!value.IsSet() || value.ValueKind == JsonValueKind.Object)
            ? value
            : throw Wrong(path, "an object");

    /// <returns>The array; unset where it is absent or null.</returns>
    public static JsonElement OptionalArray(this JsonElement owner, string name, string path) =>
        owner.Field(name) is var value && (!value.IsSet() || value.ValueKind == JsonValueKind.Array)
            ? value
            : throw Wrong(path, "an array");

    public static bool Flag(this JsonElement owner, string name, string path) => owner.Field(name).ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False or JsonValueKind.Null or JsonValueKind.Undefined => false,
        _ => throw Wrong(path, "true or false"),
    };

    public static ReadOnlySpan<byte> Raw(this JsonElement value) => JsonMarshal.GetRawUtf8Value(value);

    public static void WriteRaw(this Utf8JsonWriter json, JsonElement value) => json.WriteRawValue(value.Raw(), skipInputValidation: true);

    /// <summary>Writes a member with a value as it was written, if it is set.</summary>
    public static void Copy(this Utf8JsonWriter json, string name, JsonElement value)
    {
        if (value.IsSet())
        {
            json.WritePropertyName(name);
            json.WriteRaw(value);
        }
    }
}
