using System.Globalization;
using System.Net;
using System.Text;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Testing;

namespace Ensemble.Frontend.Tests.Clients;

/// <summary>
/// The repeats that OpenAI's client for Python documents, which cannot be run here: two, after 408, 409, 429, 5xx and broken
/// connections, where <c>x-should-retry</c> says nothing else; after what <c>retry-after-ms</c> or <c>Retry-After</c> say up to 60 s, else
/// after 0.5 s, doubled each time, up to 8 s. A wait sets the clock forward.
/// </summary>
internal sealed class PythonRetries(HttpClient http, ShiftedTimeProvider clock)
{
    public const int Repeats = 2;

    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);

    /// <returns>The status of the last answer.</returns>
    public async Task<HttpStatusCode> PostAsync(string json)
    {
        for (var repeat = 0; ; repeat++)
        {
            using var content = new StringContent(json, Encoding.UTF8, "application/json");
            using var response = await http.PostAsync("/v1/chat/completions", content, Now.Cancel);
            if (repeat == Repeats || !ShouldRepeat(response))
            {
                return response.StatusCode;
            }

            clock.Shift(WaitAsked(response) is { } asked && asked > TimeSpan.Zero && asked <= MaxWait
                ? asked
                : TimeSpan.FromSeconds(Math.Min(0.5 * Math.Pow(2, repeat), 8)));
        }
    }

    private static bool ShouldRepeat(HttpResponseMessage response) => Header(response, "x-should-retry") switch
    {
        "true" => true,
        "false" => false,
        _ => (int)response.StatusCode is 408 or 409 or 429 or >= 500,
    };

    private static TimeSpan? WaitAsked(HttpResponseMessage response) =>
        Number(Header(response, "retry-after-ms")) is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds)
        : Number(Header(response, "retry-after")) is { } seconds ? TimeSpan.FromSeconds(seconds)
        : null;

    private static double? Number(string? text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.First() : null;
}
