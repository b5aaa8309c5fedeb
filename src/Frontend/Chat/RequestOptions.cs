using System.Globalization;
using Ensemble.Chat;
using Ensemble.Frontend.Callers;
using Ensemble.Frontend.Errors;
using Ensemble.Frontend.Http;

namespace Ensemble.Frontend.Chat;

/// <summary>What a caller asks for beyond OpenAI's API, outside the body.</summary>
/// <param name="DryRun"><c>?dry_run=true</c>: the plan of the request, and no run.</param>
/// <param name="Manifest"><c>x-ensemble-manifest: inline</c>: the run's manifest within its answer.</param>
internal readonly record struct RequestOptions(bool DryRun, bool Manifest)
{
    /// <summary>
    /// The attempts after the first that OpenAI's and Anthropic's SDKs say this one is; 0 where the header is absent or strange.
    /// </summary>
    public static int SdkRetries(HttpRequest request) =>
        int.TryParse(request.Headers["x-stainless-retry-count"], NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 0;

    private const string DryRunName = "dry_run";
    private const string Inline = "inline";

    /// <returns>The options, or which of them is not valid.</returns>
    public static (RequestOptions Options, ApiError? Error) Read(HttpRequest request, Caller caller, ChatRequest chat)
    {
        var dryRun = false;
        if (request.Query.TryGetValue(DryRunName, out var values) && (values.Count != 1 || !bool.TryParse(values[0], out dryRun)))
        {
            return (default, ApiErrors.DryRunValueUnknown);
        }

        var header = request.Headers[HeaderNames.Manifest];
        return header.Count == 0 ? (new RequestOptions(dryRun, Manifest: false), null)
            : header is not [Inline] ? (default, ApiErrors.ManifestValueUnknown)
            : chat.Stream ? (default, ApiErrors.ManifestOfStream)
            : !caller.ReadsManifests ? (default, ApiErrors.ManifestNotAllowed)
            : (new RequestOptions(dryRun, Manifest: true), null);
    }
}
