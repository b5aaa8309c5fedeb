using Microsoft.Playwright;

namespace Ensemble.Dashboard.Tests.Support;

/// <summary>A page in all the forms in which people see it.</summary>
internal static class Inspection
{
    /// <summary>Inspects, and keeps pictures, in light, in dark, and on a phone; then the window is as it was.</summary>
    public static async Task InspectEverywhereAsync(this Visitor visitor, string name)
    {
        foreach (var (width, scheme) in ((int, ColorScheme)[])[(1280, ColorScheme.Light), (1280, ColorScheme.Dark), (390, ColorScheme.Light)])
        {
            await visitor.Page.SetViewportSizeAsync(width, 900);
            await visitor.Page.EmulateMediaAsync(new() { ColorScheme = scheme });
            await visitor.PictureAsync($"{name}-{width}-{scheme}".ToLowerInvariant());
            await visitor.InspectAsync();
        }

        await visitor.Page.SetViewportSizeAsync(1280, 900);
    }
}
