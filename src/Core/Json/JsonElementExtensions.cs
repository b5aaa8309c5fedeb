#pragma warning disable RS0030 // These are the reads that the ban names.

using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Ensemble.Json;

/// <summary>
/// Reads of JSON that others wrote, none of which throws: a value of another kind is no text, no number and has no members, and half a
/// character costs that character.
/// </summary>
public static class JsonElementExtensions
{
    /// <returns>Null where the value is not a string.</returns>
    public static string? Text(this JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        try
        {
            return element.GetString();
        }
        catch (InvalidOperationException)
        {
            return JsonSanitizer.Decode(JsonMarshal.GetRawUtf8Value(element)[1..^1]);
        }
    }

    /// <summary>Whether the value is that string.</summary>
    public static bool TextIs(this JsonElement element, string text)
    {
        try
        {
            return element.ValueKind == JsonValueKind.String && element.ValueEquals(text);
        }
        catch (InvalidOperationException)
        {
            return element.Text() == text;
        }
    }

    /// <returns>Null where the value is no object, or has no such member.</returns>
    public static JsonElement? Member(this JsonElement element, string name) => element.TryMember(name, out var value) ? value : null;

    /// <summary>Looks for a member; of several with this name the last one counts.</summary>
    /// <returns>False where the value is no object, or has no such member.</returns>
    public static bool TryMember(this JsonElement element, string name, out JsonElement value)
    {
        value = default;
        if (element.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        try
        {
            return element.TryGetProperty(name, out value);
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException)
        {
            // Half a character among the names, or in the name that is sought.
            var isThere = false;
            foreach (var property in element.EnumerateObject())
            {
                if (property.NameText() == name)
                {
                    (value, isThere) = (property.Value, true);
                }
            }

            return isThere;
        }
    }

    /// <summary>The items of an array; none where the value is no array.</summary>
    public static JsonElement.ArrayEnumerator Items(this JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : default;

    /// <summary>The members of an object; none where the value is no object.</summary>
    public static JsonElement.ObjectEnumerator Members(this JsonElement element) =>
        element.ValueKind == JsonValueKind.Object ? element.EnumerateObject() : default;

    /// <summary>The member's name.</summary>
    public static string NameText(this JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            return JsonSanitizer.Decode(JsonMarshal.GetRawUtf8PropertyName(property));
        }
    }

    /// <summary>Whether the member has that name.</summary>
    public static bool NameIs(this JsonProperty property, string name)
    {
        try
        {
            return property.NameEquals(name);
        }
        catch (InvalidOperationException)
        {
            return property.NameText() == name;
        }
    }

    /// <returns>Null where the value is no number, or one that a <see cref="double"/> cannot hold.</returns>
    public static double? Number(this JsonElement element) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out var number) && double.IsFinite(number) ? number : null;

    /// <returns>Null where the value is no number, has a fraction, or is beyond 64 bits.</returns>
    public static long? Whole(this JsonElement element) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out var number) ? number : null;

    /// <returns>Null where the value is no number, or is beyond a <see cref="decimal"/>.</returns>
    public static decimal? Exact(this JsonElement element) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetDecimal(out var number) ? number : null;

    /// <summary>The value as it was written.</summary>
    public static string RawText(this JsonElement element)
    {
        try
        {
            return element.GetRawText();
        }
        catch (InvalidOperationException)
        {
            return Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(element));
        }
    }

    /// <summary>Whether both say the same: members in any order, numbers and strings by value.</summary>
    public static bool SameAs(this JsonElement element, JsonElement other)
    {
        try
        {
            return JsonElement.DeepEquals(element, other);
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException)
        {
            // Half a character, or a number whose exponent has more than nine digits: the same only where it is written alike.
            return JsonMarshal.GetRawUtf8Value(element).SequenceEqual(JsonMarshal.GetRawUtf8Value(other));
        }
    }
}
