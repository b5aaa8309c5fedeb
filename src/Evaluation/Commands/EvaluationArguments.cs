using System.Globalization;
using System.Net;
using Ensemble.Catalog.Reading;

namespace Ensemble.Evaluation.Commands;

/// <summary>Reads a command line of <c>eval</c>.</summary>
internal static class EvaluationArguments
{
    public const string Usage =
        """
        Usage: ensemble eval --catalog FILE --data FILE [OPTION...]
        Asks the models of ensembles the questions of a file, each once, tries every strategy on what they answered,
        and says whether an ensemble is worth its money.

          --catalog FILE        the catalog with models and ensembles
          --data FILE           questions with right answers, as JSON lines: our own, GSM8K, MMLU, TriviaQA, OpenAI evals,
                                or a recorded panel
          --ensembles A,B       ensembles to evaluate; all of the catalog if not given
          --strategies S,T      strategies to try with each ensemble; each ensemble's own if not given
          --baselines M,N       models to compare with beside the members; self:MODEL:K is K answers of one model, voted on
          --grader NAME         auto (default), exact, contains, regex, number, choice, or judge:MODEL
          --record FILE         keeps each answer, so that the same command goes on where it was stopped and pays nothing twice
          --retry-failed        asks again for what the recording says failed
          --max-cost USD        a sum that is never passed, the answers of the recording included
          --max-tokens N        the longest answer that models are asked for
          --concurrency N       calls in flight at most; 8 if not given
          --sample N            questions that are drawn from the data; all if not given
          --seed N              of the sample and the statistics; 1 if not given
          --out PATH            writes PATH.md, PATH.json and PATH.html; report if not given
          --dry-run             says what it would cost, and asks no model
          --allow-networks N,M  private networks that providers may be in, as 10.0.0.0/8
          --use-proxy           calls providers through the proxy of the environment
        """;

    private static readonly string[] Flags = ["--retry-failed", "--dry-run", "--use-proxy"];

    private static readonly string[] Known =
    [
        "--catalog", "--data", "--ensembles", "--strategies", "--baselines", "--grader", "--record", "--max-cost", "--max-tokens",
        "--concurrency", "--sample", "--seed", "--out", "--allow-networks", .. Flags,
    ];

    /// <returns>The options; or what is wrong with the command line.</returns>
    public static (EvaluationOptions? Options, IReadOnlyList<string> Problems) Read(IReadOnlyList<string> args)
    {
        var given = new Dictionary<string, string>();
        var problems = new List<string>();
        for (var index = 0; index < args.Count; index++)
        {
            var (name, own) = args[index].Split('=', 2) is [var before, var after] ? (before, after) : (args[index], null);
            if (!Known.Contains(name))
            {
                var advice = NearestName.Advice(name, Known, $"Options: {string.Join(", ", Known)}.");
                problems.Add($"option {name}: there is no such option. {advice}");
                index += own is null && index + 1 < args.Count && !IsOption(args[index + 1]) ? 1 : 0;
            }
            else if (Flags.Contains(name))
            {
                given[name] = "";
            }
            else if (own is null && (index + 1 == args.Count || IsOption(args[index + 1])))
            {
                problems.Add($"option {name}: its value is missing.");
            }
            else if (!given.TryAdd(name, own ?? args[++index]))
            {
                problems.Add($"option {name}: is given twice.");
            }
        }

        var reader = new Reader(given, problems);
        var options = reader.Options();
        return problems.Count == 0 ? (options, problems) : (null, problems);
    }

    private static bool IsOption(string argument) => argument.StartsWith("--", StringComparison.Ordinal);

    private sealed class Reader(Dictionary<string, string> given, List<string> problems)
    {
        public EvaluationOptions Options() => new()
        {
            Catalog = Required("--catalog"),
            Data = Required("--data"),
            Ensembles = List("--ensembles"),
            Strategies = List("--strategies"),
            Baselines = List("--baselines"),
            Grader = given.GetValueOrDefault("--grader", "auto"),
            Record = given.GetValueOrDefault("--record"),
            RetryFailed = given.ContainsKey("--retry-failed"),
            MaxCostUsd = Money("--max-cost"),
            MaxTokens = Number("--max-tokens", 1, 1_000_000),
            Concurrency = Number("--concurrency", 1, 1024) ?? 8,
            Seed = Number("--seed", 0, int.MaxValue) ?? 1,
            Sample = Number("--sample", 1, int.MaxValue),
            Out = given.GetValueOrDefault("--out", "report"),
            DryRun = given.ContainsKey("--dry-run"),
            AllowedNetworks = Networks("--allow-networks"),
            UseProxy = given.ContainsKey("--use-proxy"),
        };

        private string Required(string name)
        {
            if (given.TryGetValue(name, out var value) && value.Length > 0)
            {
                return value;
            }

            problems.Add($"option {name}: is missing.");
            return "";
        }

        private string[] List(string name) =>
            given.GetValueOrDefault(name, "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

        private int? Number(string name, int min, int max)
        {
            if (!given.TryGetValue(name, out var text))
            {
                return null;
            }

            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max)
            {
                return number;
            }

            problems.Add($"option {name}: '{text}' is not a whole number from {min:N0} to {max:N0}.");
            return null;
        }

        private decimal? Money(string name)
        {
            if (!given.TryGetValue(name, out var text))
            {
                return null;
            }

            if (decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var usd))
            {
                return usd;
            }

            problems.Add($"option {name}: '{text}' is not a sum in US dollars; write it as 2.50.");
            return null;
        }

        private List<IPNetwork> Networks(string name)
        {
            var networks = new List<IPNetwork>();
            foreach (var text in List(name))
            {
                if (IPNetwork.TryParse(text, out var network))
                {
                    networks.Add(network);
                }
                else
                {
                    problems.Add($"option {name}: '{text}' is not a network; write it as 10.0.0.0/8.");
                }
            }

            return networks;
        }
    }
}
