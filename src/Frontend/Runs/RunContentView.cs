using System.Text.Json.Serialization;
using Ensemble.Frontend.Http;
using Ensemble.Runs;
using static System.Text.Json.Serialization.JsonIgnoreCondition;

namespace Ensemble.Frontend.Runs;

/// <summary>The content of a run, as callers see it.</summary>
/// <param name="showsNames">Whether models are named.</param>
internal sealed class RunContentView(RunId run, RunContent content, bool showsNames)
{
    public string Object { get; } = "ensemble.run.content";
    public string Id => run.Value;
    public RawJson Messages { get; } = new(content.Messages);
    public IEnumerable<CallContentView> Calls => content.Calls.Select(call => new CallContentView(call, showsNames));
    public string Answer => content.Answer;
    [JsonIgnore(Condition = WhenWritingNull)] public string? Refusal => content.Refusal;
    [JsonIgnore(Condition = WhenWritingNull)] public RawJson? Choices { get; } = Raw(content.Choices);

    internal static RawJson? Raw(ReadOnlyMemory<byte> json) => json.IsEmpty ? null : new RawJson(json);
}

internal sealed class CallContentView(CallContent call, bool showsNames)
{
    public string Role => SnakeCase.Of(call.Role);
    public string Step => SnakeCase.Of(call.Key.Step);
    public int Member => call.Key.Member;
    public int Sample => call.Key.Sample;
    [JsonIgnore(Condition = WhenWritingNull)] public string? Model => showsNames ? call.Model : null;
    public string Outcome => SnakeCase.Of(call.Outcome);
    [JsonIgnore(Condition = WhenWritingNull)] public RawJson? Prompt { get; } = RunContentView.Raw(call.Prompt);
    public bool ReplacesMessages => call.ReplacesMessages;
    public string Content => call.Content;
    [JsonIgnore(Condition = WhenWritingNull)] public string? Refusal => call.Refusal;
    [JsonIgnore(Condition = WhenWritingNull)] public RawJson? Choices { get; } = RunContentView.Raw(call.Choices);
}
