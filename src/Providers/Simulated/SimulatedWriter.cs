using Ensemble.Catalog;

namespace Ensemble.Providers.Simulated;

/// <summary>Puts a thought into the form that the request asks for, and cuts it where the request says.</summary>
internal static class SimulatedWriter
{
    /// <returns>One reply a choice; they differ in their draws.</returns>
    public static SimulatedReply[] Write(SimulatedRequest request, SimulatedConfig config, SimulatedDraw style, SimulatedDraw draw)
    {
        var common = request.Common();
        var replies = new SimulatedReply[request.Chat.N];
        for (var index = 0; index < replies.Length; index++)
        {
            var own = index == 0 ? draw : draw.With((ulong)index);
            var thought = new SimulatedControl(config, own, request.Question).Think(
                request.Chat.Messages.Count == 1 ? request.Format.Name : null)
                ?? new SimulatedSpeaker(config, style, own, common).Think(request.Question);
            replies[index] = Write(request, thought, own);
        }

        return replies;
    }

    private static SimulatedReply Write(SimulatedRequest request, SimulatedThought thought, SimulatedDraw draw)
    {
        var logProbability = request.LogProbabilities ? Math.Log(thought.Confidence) : (double?)null;
        if (request.Tool is { } tool)
        {
            var arguments = SimulatedSchema.Fill(tool.Parameters, thought, draw);
            var sent = Cut(arguments, request.Chat.MaxTokens);
            return new SimulatedReply(sent, sent.Length < arguments.Length ? "length" : "tool_calls")
            {
                Tool = tool.Name,
                CallId = $"call_sim{draw.Bits(SimulatedPurpose.CallId):x16}",
            };
        }

        var text = Stopped(Form(request.Format, thought, draw), request.Stops);
        var cut = Cut(text, request.Chat.MaxTokens);
        return new SimulatedReply(cut, cut.Length < text.Length ? "length" : "stop") { LogProbability = logProbability };
    }

    private static string Form(SimulatedFormat format, SimulatedThought thought, SimulatedDraw draw)
    {
        if (!format.IsJson || SimulatedSchema.IsFilledBy(format.Schema, thought.Text))
        {
            return thought.Text;
        }

        return format.Schema is { } schema
            ? SimulatedSchema.Fill(schema, thought, draw)
            : SimulatedJson.String(thought.Text, static (writer, text) =>
            {
                writer.WriteStartObject();
                writer.WriteString("answer"u8, text);
                writer.WriteEndObject();
            });
    }

    private static string Stopped(string text, IReadOnlyList<string> stops)
    {
        var end = text.Length;
        foreach (var stop in stops)
        {
            var index = text.IndexOf(stop, StringComparison.Ordinal);
            end = index >= 0 ? Math.Min(end, index) : end;
        }

        return text[..end];
    }

    private static string Cut(string text, long? tokens) => tokens is { } most ? SimulatedTokens.Take(text, most) : text;
}
