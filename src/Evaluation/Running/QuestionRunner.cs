using System.Security.Cryptography;
using System.Text;
using Ensemble.Answers;
using Ensemble.Chat;
using Ensemble.Evaluation.Calls;
using Ensemble.Evaluation.Data;
using Ensemble.Evaluation.Grading;
using Ensemble.Execution;
using Ensemble.Panels;
using Ensemble.Runs;
using Ensemble.Strategies;
using Ensemble.Upstreams;
using Ensemble.Usage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ensemble.Evaluation.Running;

/// <summary>Puts one question to all panels, and then has every strategy decide over what they said.</summary>
/// <param name="seed">Of the runs: labels and orders that judges see follow from it.</param>
internal sealed class QuestionRunner(SubjectTable table, AskedModels models, IGrader grader, int? maxTokens, int seed)
{
    public async Task<QuestionResult> RunAsync(EvaluationQuestion question)
    {
        var outcomes = new Dictionary<string, Outcome>();
        var panels = new Dictionary<string, PanelOutcome>();
        foreach (var panel in table.Panels)
        {
            var chat = QuestionChat.Of(question, panel.Name, maxTokens);
            var answers = await new PanelCalls(models, table.Catalog).AskAsync(question, panel.Config, chat);
            await AddMembersAsync(question, chat, panel, answers, outcomes);
            if (panel.IsVoted)
            {
                panels[panel.Name] = await VoteAsync(question, chat, panel, answers);
            }
        }

        foreach (var subject in table.Ensembles)
        {
            outcomes[subject.Name] = await RunAsync(question, subject);
        }

        return new QuestionResult(question, outcomes, panels);
    }

    private async Task AddMembersAsync(
        EvaluationQuestion question, ChatRequest chat, AskedPanel panel, IReadOnlyList<PanelAnswer> answers,
        Dictionary<string, Outcome> outcomes)
    {
        for (var member = 0; member < panel.Labels.Count; member++)
        {
            if (outcomes.ContainsKey(panel.Labels[member]))
            {
                continue;
            }

            // Of several samples the first one is what the model alone would have said.
            var first = answers.First(answer => answer.Slot.Key.Member == member);
            var said = first.Answers[0] is { IsUsable: true, Call.Answer: { } usable } ? usable : null;
            outcomes[panel.Labels[member]] = new Outcome(
                said?.Content,
                said is not null && await grader.IsRightAsync(question, chat, said),
                first.CostUsd / first.Slot.Answers,
                first.Call.Total,
                Calls: 1);
        }
    }

    private async Task<PanelOutcome> VoteAsync(
        EvaluationQuestion question, ChatRequest chat, AskedPanel panel, IReadOnlyList<PanelAnswer> answers)
    {
        var candidates = answers.SelectMany(static answer => answer.Answers, static (answer, said) => (answer.Slot, Said: said))
            .Where(static answer => answer.Said.IsUsable)
            .Select(static answer => new Candidate(answer.Said.Key, answer.Said.Call.Answer!, answer.Slot.Member.Weight)).ToList();
        var reader = AnswerReader.For(chat, panel.Config.AnswerType, ToolOffer.ForMembers(chat, panel.Config.Tools).IsOpen);
        var all = CandidateSet.Of(reader, panel.Config, candidates);
        var members = Enumerable.Range(0, panel.Labels.Count).ToList();
        var without = new List<bool>();
        foreach (var member in members)
        {
            without.Add(await IsRightAsync(question, chat, all.Where(candidate => candidate.Key.Member != member)));
        }

        return new PanelOutcome(
            await IsRightAsync(question, chat, all.Where(static _ => true)),
            without,
            [.. members.Select(member => ClusterOf(all, member))],
            [.. members.Select(member => answers.Where(answer => answer.Slot.Key.Member == member)
                .Aggregate((decimal?)0, static (sum, answer) => sum + answer.CostUsd))]);
    }

    private async ValueTask<bool> IsRightAsync(EvaluationQuestion question, ChatRequest chat, CandidateSet? candidates) =>
        candidates is { Candidates.Count: > 0 }
        && await grader.IsRightAsync(question, chat, candidates.Candidates[VoteRule.Decide(candidates).Winner].Answer);

    private static int? ClusterOf(CandidateSet all, int member)
    {
        var place = all.Candidates.ToList().FindIndex(candidate => candidate.Key.Member == member);
        return place < 0 ? null : all.Clusters!.Clusters[place];
    }

    private async Task<Outcome> RunAsync(EvaluationQuestion question, Subject subject)
    {
        var loop = new RunLoop();
        var caller = new ReplayCaller(models, question, loop);
        var request = new RunRequest
        {
            Id = IdOf(question, subject),
            Chat = QuestionChat.Of(question, subject.Name, maxTokens),
            CatalogRevision = table.Catalog.Revision,
        };
        var journal = new RunJournal(request.Incarnation);
        using var run = new Run(
            request, table.Catalog, new RunServices(caller, new NoUsageSink(), loop.Clock), new SubCallCache(), journal,
            NullLogger.Instance);
        await loop.RunAsync(run.ExecuteAsync);
        if (caller.Fault is { } fault)
        {
            throw fault is CeilingReachedException ? new CeilingReachedException() : fault;
        }

        var text = new StringBuilder();
        var reason = default(string);
        await foreach (var runEvent in journal.ReadAsync(after: 0))
        {
            text.Append((runEvent as AnswerDelta)?.Text);
            reason = runEvent is RunCompleted completed ? completed.Answer.FinishReason : reason;
        }

        var answer = reason is null ? null : new ChatAnswer(text.ToString(), reason);
        return new Outcome(
            answer?.Content,
            answer is not null && await grader.IsRightAsync(question, request.Chat, answer),
            caller.CostUsd,
            run.Manifest() is var manifest && manifest.FirstToken is { } shown ? shown : manifest.Total ?? loop.Clock.Elapsed,
            caller.Calls);
    }

    private RunId IdOf(EvaluationQuestion question, Subject subject) =>
        RunId.Of(SHA256.HashData(Encoding.UTF8.GetBytes($"{seed}\n{subject.Name}\n{question.Id}\n{question.Messages}")));
}
