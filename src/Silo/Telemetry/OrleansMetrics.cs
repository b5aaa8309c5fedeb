using System.Collections.Frozen;
using System.Diagnostics.Metrics;

namespace Ensemble.Silo.Telemetry;

/// <summary>
/// What of Orleans' meter is read: what an operator acts on. The other hundred instruments are not, some of which have a series for each
/// silo that there ever was.
/// </summary>
internal static class OrleansMetrics
{
    public const string Meter = "Microsoft.Orleans";

    /// <summary>Its only label names a silo and when that started: a series more for each restart of each silo.</summary>
    public const string MissedPings = "orleans-messaging-pings-reply-missed";

    public static readonly FrozenSet<string> Read =
    [
        "orleans-app-requests-canceled",
        "orleans-app-requests-latency",
        "orleans-app-requests-timedout",
        "orleans-catalog-activation-created",
        "orleans-catalog-activation-destroyed",
        "orleans-catalog-activation-failed-to-activate",
        "orleans-catalog-activations",
        "orleans-client-connected-gateways",
        "orleans-gateway-connected-clients",
        "orleans-messaging-expired",
        MissedPings,
        "orleans-messaging-rejected",
        "orleans-messaging-rerouted",
        "orleans-messaging-sent-dropped",
        "orleans-messaging-sent-failed",
        "orleans-networking-sockets-closed",
        "orleans-networking-sockets-opened",
        "orleans-scheduler-long-running-turns",
        "orleans-watchdog-health-checks-failed",
    ];

    /// <summary>Whether an instrument's labels are kept.</summary>
    public static bool KeepsLabels(Instrument instrument) => instrument.Meter.Name != Meter || instrument.Name != MissedPings;
}
