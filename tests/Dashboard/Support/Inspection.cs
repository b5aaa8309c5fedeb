using Microsoft.Playwright;

namespace Ensemble.Dashboard.Tests.Support;

/// <summary>A page in all the forms in which people see it.</summary>
internal static class Inspection
{
    private static readonly (int Width, ColorScheme Scheme)[] Windows =
        [(1280, ColorScheme.Light), (1280, ColorScheme.Dark), (390, ColorScheme.Light), (390, ColorScheme.Dark)];

    /// <summary>Inspects, and keeps pictures, in light, in dark, and on a phone; then the window is as it was.</summary>
    public static Task InspectEverywhereAsync(this Visitor visitor, string name) => visitor.ResizeAsync(Windows[..3], async window =>
    {
        await visitor.PictureAsync($"{name}-{window}");
        await visitor.InspectAsync();
    });

    /// <summary>Loads the page in light and in dark, each on a screen and on a phone.</summary>
    /// <param name="look">What is done there; it is told the window's name.</param>
    public static Task LoadEverywhereAsync(this Visitor visitor, Func<string, Task> look) => visitor.ResizeAsync(Windows, async window =>
    {
        await visitor.Page.ReloadAsync();
        await look(window);
    });

    private static async Task ResizeAsync(this Visitor visitor, (int Width, ColorScheme Scheme)[] windows, Func<string, Task> look)
    {
        foreach (var (width, scheme) in windows)
        {
            await visitor.Page.SetViewportSizeAsync(width, 900);
            await visitor.Page.EmulateMediaAsync(new() { ColorScheme = scheme });
            await look($"{width}-{scheme}".ToLowerInvariant());
        }

        await visitor.Page.SetViewportSizeAsync(1280, 900);
    }
}
