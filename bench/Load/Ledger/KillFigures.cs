namespace Ensemble.Load.Ledger;

/// <summary>What answers lost their accounts when the process that gave them was killed.</summary>
/// <param name="Answers">Read to their end before the kill.</param>
/// <param name="Lost">Those of them whose run is not in the database.</param>
/// <param name="Oldest">How long before the kill the first of these had ended; zero where none is lost.</param>
/// <param name="Latency">Median of an answer's whole time.</param>
internal sealed record KillFigures(string Durability, int Answers, int Lost, TimeSpan Oldest, TimeSpan Latency);
