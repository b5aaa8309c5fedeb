using System.Text.Json;

namespace Ensemble.Frontend.Tests.Support;

/// <summary>Compares JSON by what it says.</summary>
internal static class JsonText
{
    public static void ShouldBeJson(this JsonElement actual, string expected)
    {
        if (!JsonElement.DeepEquals(actual, JsonElement.Parse(expected)))
        {
            actual.GetRawText().ShouldBe(expected);
        }
    }

    public static string Text(this JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
