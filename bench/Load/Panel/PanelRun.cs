using Ensemble.Load.Processes;
using Ensemble.Load.Reports;

namespace Ensemble.Load.Panel;

/// <summary>The verb <c>panel</c>: how right strategies are over recorded answers of real models, and how many calls they make.</summary>
internal sealed class PanelRun(PanelOptions options, CancellationToken cancel)
{
    public async Task<int> ExecuteAsync()
    {
        var recorded = await RecordedPanel.ReadAsync(options.Data, cancel);
        var subjects = Chosen(PanelSubject.All(recorded));
        var product = ProductFiles.Silo(options.Silo);
        var folder = Directory.CreateTempSubdirectory("ensemble-panel-").FullName;
        try
        {
            return await ExecuteAsync(recorded, subjects, product, folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<int> ExecuteAsync(RecordedPanel recorded, IReadOnlyList<PanelSubject> subjects, string product, string folder)
    {
        await using var upstream = new ReplayServer(recorded);
        await upstream.StartAsync(cancel);
        var catalog = Path.Combine(folder, "catalog.json");
        await File.WriteAllTextAsync(catalog, PanelSubject.Catalog(subjects, upstream.Address).ToJsonString(), cancel);

        using var watchdog = new Watchdog();
        watchdog.Watch(folder);
        var scores = new List<PanelScore>();
        await using (var gateway = await ChildProcess.StartAsync(LaunchPlan.Product(product, catalog, []), folder, cancel, watchdog))
        {
            using var quiz = new PanelQuiz(gateway.Address, recorded, upstream);
            foreach (var subject in subjects)
            {
                var score = await quiz.AskAsync(subject, cancel);
                scores.Add(score);
                await Console.Error.WriteLineAsync($"{subject.Alias}: {score.Right} of {score.Questions} right{Trouble(score)}");
            }
        }

        var report = PanelReport.Write(scores, recorded, await MachineFacts.ReadAsync(product, cancel));
        await Console.Out.WriteLineAsync(report);
        if (options.Out is not null)
        {
            await File.WriteAllTextAsync(options.Out, report, cancel);
        }

        if (upstream.Refused > 0)
        {
            await Console.Error.WriteLineAsync($"{upstream.Refused} calls were of questions or models that nobody recorded.");
        }

        return upstream.Refused == 0 && scores.All(score => score.Failed == 0) ? 0 : 1;
    }

    private IReadOnlyList<PanelSubject> Chosen(IReadOnlyList<PanelSubject> all)
    {
        var unknown = options.Only.FirstOrDefault(name => !all.Any(subject => subject.Alias == name || subject.Kind == name));
        if (unknown is not null)
        {
            throw new LoadException(
                $"--only does not know '{unknown}'. It takes {string.Join(", ", all.Select(subject => subject.Kind).Concat(all.Select(subject => subject.Alias)).Distinct())}.");
        }

        return options.Only.Count == 0 ? all : [.. all.Where(subject => options.Only.Contains(subject.Alias) || options.Only.Contains(subject.Kind))];
    }

    private static string Trouble(PanelScore score) => score.Failed == 0 ? "" : $", {score.Failed} FAILED, the first with {score.FirstFailure}";
}
