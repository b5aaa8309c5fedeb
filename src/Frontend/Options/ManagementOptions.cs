namespace Ensemble.Frontend.Options;

/// <summary>Where the management listener is.</summary>
/// <param name="Url">Null = there is none.</param>
/// <param name="IsChosen">Whether somebody named the address: then the start fails where it cannot be had.</param>
public sealed record ManagementOptions(string? Url, bool IsChosen)
{
    public const string Option = "Management:Url";

    /// <summary>The port that OpenTelemetry gives Prometheus' exporters, on this machine alone.</summary>
    public const string DefaultUrl = "http://127.0.0.1:9464";

    public static readonly ManagementOptions Default = new(DefaultUrl, IsChosen: false);

    /// <param name="option">As configured: an address, <c>none</c>, or null for the default.</param>
    public static ManagementOptions Of(string? option) => option is null ? Default
        : new ManagementOptions(option.Equals("none", StringComparison.OrdinalIgnoreCase) ? null : option, IsChosen: true);
}
