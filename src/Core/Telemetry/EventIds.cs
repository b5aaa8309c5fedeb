namespace Ensemble.Telemetry;

/// <summary>
/// The ids of all events that the product logs, a hundred for each area. An event has the name of its constant, and keeps its id: operators
/// filter by both. docs/operations.md says when each is logged.
/// </summary>
public static class EventIds
{
    // Catalog.
    public const int CatalogServed = 1001;
    public const int CatalogWarnings = 1002;
    public const int CatalogRefused = 1003;
    public const int CatalogRestored = 1004;
    public const int CatalogListenerFailed = 1005;
    public const int CatalogUnwatched = 1006;
    public const int CatalogUnheard = 1007;
    public const int CatalogHeard = 1008;
    public const int SimulatedCatalog = 1009;

    // Gates.
    public const int LeasesNotRenewed = 1101;
    public const int CallsNotReported = 1102;
    public const int LeaseNotReturned = 1103;
    public const int GateStateNotStored = 1104;
    public const int PassNotReported = 1105;
    public const int LeaseLost = 1106;
    public const int GateOutOfReach = 1107;
    public const int LastCallsNotReported = 1108;
    public const int GateKeptTwice = 1109;

    // Calls to providers.
    public const int CallFault = 1201;
    public const int CallFailed = 1202;
    public const int ParameterRefused = 1203;
    public const int ProviderKeyRefused = 1204;
    public const int ProviderKeyMissing = 1205;
    public const int AddressRefused = 1206;
    public const int ProxyUnused = 1207;

    // Runs.
    public const int RunFault = 1301;
    public const int RunFailed = 1302;
    public const int RunRefused = 1303;
    public const int RunsHalfFull = 1304;
    public const int RepeatsUnknown = 1305;
    public const int AnswersNotLoaded = 1306;
    public const int AnswerNotStored = 1307;
    public const int PanelNotStored = 1308;
    public const int PanelDropped = 1309;

    // Usage.
    public const int UsageDropped = 1401;
    public const int UsageHalfFull = 1402;
    public const int LedgerAway = 1403;
    public const int LedgerBack = 1404;
    public const int LedgerDropped = 1405;
    public const int LedgerUnconfirmed = 1406;
    public const int LedgerHalfFull = 1407;
    public const int LedgerRefusing = 1408;
    public const int LedgerDrained = 1409;
    public const int BudgetsUnknown = 1410;
    public const int DayNotClosed = 1411;

    // Requests and the process.
    public const int RequestFault = 1501;
    public const int RequestNotServed = 1502;
    public const int RequestRefused = 1503;
    public const int NoRoomForBody = 1504;
    public const int AdminKeyRefused = 1505;
    public const int MetricsNotServed = 1506;
    public const int Draining = 1507;
    public const int Suppressed = 1508;

    // The cluster.
    public const int NoSilo = 1601;
    public const int SilosLost = 1602;
    public const int SilosReached = 1603;
    public const int SiloUnanswered = 1604;
    public const int RunOutOfReach = 1605;
    public const int RunsUnconfirmed = 1606;
    public const int RunRepeated = 1607;
    public const int AnswerNotPushed = 1608;
    public const int PushLost = 1609;
    public const int UsageNotPublished = 1610;
    public const int UsageUnwatched = 1611;
    public const int UsageWatched = 1612;
    public const int WatchNotEnded = 1613;

    // The database.
    public const int DatabaseUnanswered = 1701;
    public const int DatabaseAnswers = 1702;
    public const int DatabaseLost = 1703;
    public const int DatabaseFound = 1704;
    public const int ExpiredNotDeleted = 1705;
}
