using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Ensemble.Catalog.Reading;

namespace Ensemble.Silo.Options;

/// <summary>An option: a property of a record of options, with its name in the configuration, its default and its rules.</summary>
internal sealed class OptionProperty
{
    private readonly PropertyInfo _property;

    /// <summary>The least and the most of a whole number; null for an option of another kind.</summary>
    private readonly (long Least, long Most)? _range;

    private readonly string[] _choices;

    private OptionProperty(PropertyInfo property, string name, object? fallback)
    {
        _property = property;
        Name = name;
        Default = Choice(fallback?.ToString() ?? "");
        _range = property.GetCustomAttribute<RangeAttribute>() is { } range
            ? (Convert.ToInt64(range.Minimum, CultureInfo.InvariantCulture), Convert.ToInt64(range.Maximum, CultureInfo.InvariantCulture))
            : null;
        _choices = property.PropertyType.IsEnum ? [.. Enum.GetNames(property.PropertyType).Select(Choice)]
            : property.PropertyType == typeof(bool) ? ["true", "false"]
            : [.. (property.GetCustomAttribute<AllowedValuesAttribute>()?.Values ?? []).OfType<string>()];

        string Choice(string value) =>
            property.PropertyType.IsValueType ? JsonNamingPolicy.SnakeCaseLower.ConvertName(value) : value;
    }

    /// <summary>As in the configuration: <c>Limits:MaxRuns</c>.</summary>
    public string Name { get; }

    /// <summary>As an operator would write it; empty where there is none.</summary>
    public string Default { get; }

    /// <summary>What it may be: a range, or words; empty where a text may say anything.</summary>
    public string Values => _range is var (least, most) ? $"{least} to {most}" : string.Join(", ", _choices);

    /// <summary>What it may be and is, in a line.</summary>
    public string Summary => Default.Length == 0 ? Values : $"{Values} (default {Default})".Trim();

    /// <summary>The options that a record has: its properties with a <see cref="ConfigurationKeyNameAttribute"/>.</summary>
    public static IReadOnlyList<OptionProperty> Of(Type record)
    {
        var defaults = Activator.CreateInstance(record);
        return
        [
            .. from property in record.GetProperties()
               let key = property.GetCustomAttribute<ConfigurationKeyNameAttribute>()
               where key is not null
               select new OptionProperty(property, key.Name, property.GetValue(defaults)),
        ];
    }

    /// <summary>Whether a rule names this option's property.</summary>
    public bool IsOf(ValidationResult result) => result.MemberNames.Contains(_property.Name);

    /// <param name="text">As configured, and not empty.</param>
    /// <param name="value">What the framework's binder takes for it; null where it would take none.</param>
    /// <returns>What is wrong with the text, and what to write; null = nothing is.</returns>
    public string? Check(string text, out string? value)
    {
        value = text;
        if (_range is var (least, most))
        {
            value = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                && number >= least && number <= most
                ? $"{number}"
                : null;
            return value is null ? $"'{text}' is not a whole number from {least} to {most}. The default is {Default}." : null;
        }

        if (_choices.Length > 0)
        {
            var index = Array.FindIndex(_choices, choice => choice.Equals(text, StringComparison.OrdinalIgnoreCase));
            value = index < 0 ? null : _property.PropertyType.IsEnum ? Enum.GetNames(_property.PropertyType)[index] : _choices[index];
            return value is null ? NoChoice(text) : null;
        }

        return _property.GetCustomAttributes<ValidationAttribute>().FirstOrDefault(rule => !rule.IsValid(text))?.FormatErrorMessage(Name);
    }

    private string NoChoice(string text)
    {
        if (_property.PropertyType == typeof(bool))
        {
            return $"'{text}' is neither true nor false.";
        }

        // A connection string that ended up here is not repeated: it may hold a password.
        var shown = text.Length <= 32 && text.All(char.IsAsciiLetterOrDigit) ? $"'{text}'" : "this";
        var all = $"Use {string.Join(", ", _choices[..^1])} or {_choices[^1]}.";
        return $"{shown} is not valid. {NearestName.Advice(text, _choices, all)}";
    }
}
