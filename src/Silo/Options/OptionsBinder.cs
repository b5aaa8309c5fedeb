using System.ComponentModel.DataAnnotations;
using Ensemble.Catalog.Reading;

namespace Ensemble.Silo.Options;

/// <summary>
/// Binds records of options to the configuration, and collects everything that is wrong with it. The framework's binder alone stops at the
/// first value that it cannot convert, and knows no nearest name.
/// </summary>
internal static class OptionsBinder
{
    /// <param name="problems">Takes a sentence for each option that does not hold, with what it may be.</param>
    /// <returns>The options. They are of use only where no problem was found.</returns>
    public static T Bind<T>(IConfiguration configuration, List<string> problems)
        where T : class, new()
    {
        var known = OptionProperty.Of(typeof(T));
        var values = new Dictionary<string, string?>();
        foreach (var option in known)
        {
            var section = configuration.GetSection(option.Name);
            if (section.GetChildren().Any())
            {
                problems.Add($"option {option.Name}: is a list. Write one text, its entries separated by commas.");
            }

            if (section.Value is { Length: > 0 } text)
            {
                if (option.Check(text, out var value) is { } problem)
                {
                    problems.Add($"option {option.Name}: {problem}");
                }

                if (value is not null)
                {
                    values[option.Name] = value;
                }
            }
        }

        var options = new ConfigurationBuilder().AddInMemoryCollection(values).Build().Get<T>() ?? new T();
        problems.AddRange(((options as IValidatableObject)?.Validate(new ValidationContext(options)) ?? []).Select(
            result => $"option {known.First(option => option.IsOf(result)).Name}: {result.ErrorMessage}"));
        return options;
    }

    /// <summary>Finds options that are not known, in the sections of those that are.</summary>
    public static void CheckNames(IConfiguration configuration, IReadOnlyList<OptionProperty> known, List<string> problems)
    {
        var names = known.Select(static option => option.Name).ToList();
        var sections = names.Where(static name => name.Contains(':', StringComparison.Ordinal)).Select(static name => name.Split(':')[0]);
        foreach (var child in sections.Distinct().SelectMany(section => configuration.GetSection(section).GetChildren()))
        {
            if (!names.Contains(child.Path, StringComparer.OrdinalIgnoreCase))
            {
                problems.Add(
                    $"option {child.Path}: there is no such option. "
                    + NearestName.Advice(child.Path, names, $"Options: {string.Join(", ", names)}."));
            }
        }
    }
}
