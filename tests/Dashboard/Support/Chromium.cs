using Microsoft.Playwright;

namespace Ensemble.Dashboard.Tests.Support;

/// <summary>One browser for all tests: Chromium, as this machine has it installed.</summary>
public sealed class Chromium : IAsyncLifetime
{
    /// <summary>Milliseconds until something that is awaited counts as missing; far more than a busy machine needs.</summary>
    public const int TimeoutMilliseconds = 20_000;

    private IPlaywright? _playwright;

    /// <summary>Null where there is none.</summary>
    public IBrowser? Browser { get; private set; }

    public async ValueTask InitializeAsync()
    {
        if (ChromiumPlace.Find(Environment.GetEnvironmentVariable("CHROMIUM"), Environment.GetEnvironmentVariable("PATH")) is not { } place)
        {
            return;
        }

        Assertions.SetDefaultExpectTimeout(TimeoutMilliseconds);
        _playwright = await Playwright.CreateAsync();
        Browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = place,

            // Containers have neither the right to a sandbox nor much shared memory.
            Args = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--js-flags=--expose-gc"],
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (Browser is not null)
        {
            await Browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }
}
