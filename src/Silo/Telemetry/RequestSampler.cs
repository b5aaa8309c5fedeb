using OpenTelemetry.Trace;

namespace Ensemble.Silo.Telemetry;

/// <summary>
/// Lets traces begin at requests alone: what a cluster's timers call is nobody's request, and would be most of what is sent.
/// </summary>
internal sealed class RequestSampler : Sampler
{
    private const string Request = "Microsoft.AspNetCore.Hosting.HttpRequestIn";

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
        new(samplingParameters.Name == Request ? SamplingDecision.RecordAndSample : SamplingDecision.Drop);
}
