using System.Collections.Frozen;
using System.Text;
using System.Text.Json;

namespace Ensemble.Chat;

/// <summary>Makes the request that goes out from the caller's and its edits, in one pass and without parsing again.</summary>
public static class RequestRewriter
{
    private static readonly ReadOnlyMemory<byte> Open = "{"u8.ToArray();
    private static readonly ReadOnlyMemory<byte> Close = "}"u8.ToArray();
    private static readonly ReadOnlyMemory<byte> Comma = ","u8.ToArray();
    private static readonly ReadOnlyMemory<byte> CloseArray = "]"u8.ToArray();

    /// <summary>Names that nearly every sub-call sets, encoded once.</summary>
    private static readonly FrozenDictionary<string, ReadOnlyMemory<byte>> OftenNamed =
        new[] { "model", "messages", "temperature", "seed", "stream", "stream_options", "max_completion_tokens" }.ToFrozenDictionary(
            name => name, Named);

    public static RequestBody Rewrite(ChatRequest request, RequestEdits edits)
    {
        var output = new List<ReadOnlyMemory<byte>>(request.Fields.Count + 16);
        output.Add(Open);
        foreach (var field in request.Fields)
        {
            // A field that is renamed gives way to one that stands under the new name already.
            var name = edits.Renamed.GetValueOrDefault(field.Name, field.Name);
            if (edits.Drops(field.Name) || (name != field.Name && IsTaken(request, edits, name)))
            {
                continue;
            }

            Separate(output);
            if (edits.Fields.TryGetValue(field.Name, out var value))
            {
                AddNamed(output, name, value);
            }
            else if (field.Name == "messages")
            {
                AddMessages(output, request, field, edits);
            }
            else if (name != field.Name)
            {
                AddNamed(output, name, request.SliceMemory(field.Value));
            }
            else
            {
                output.Add(request.SliceMemory(field.Whole));
            }
        }

        foreach (var (name, value) in edits.Fields)
        {
            var sentAs = edits.Renamed.GetValueOrDefault(name, name);
            if (!request.TryGetField(name, out _) && (sentAs == name || !IsTaken(request, edits, sentAs)))
            {
                Separate(output);
                AddNamed(output, sentAs, value);
            }
        }

        output.Add(Close);
        return new RequestBody(output);
    }

    private static bool IsTaken(ChatRequest request, RequestEdits edits, string name) =>
        edits.Fields.ContainsKey(name) || (request.TryGetField(name, out _) && !edits.Drops(name));

    private static void AddMessages(List<ReadOnlyMemory<byte>> output, ChatRequest request, ChatField field, RequestEdits edits)
    {
        var from = field.Whole.Start;
        var messages = request.Messages;
        if (edits.Messages is { } replaced)
        {
            var next = edits.ReplacedMessages ?? messages.Count;
            if (next >= messages.Count && edits.AppendedMessage is null)
            {
                AddNamed(output, "messages", replaced);
                return;
            }

            AddNamed(output, "messages", replaced[..replaced.Span.LastIndexOf((byte)']')]);
            if (next >= messages.Count)
            {
                AddLast(output, edits.AppendedMessage!.Value);
                return;
            }

            output.Add(Comma);
            from = messages[next].Whole.Start;
        }

        foreach (var (range, json) in Changes(request, edits))
        {
            if (range.Start >= from)
            {
                output.Add(request.Body[from..range.Start]);
                output.Add(json);
                from = range.End;
            }
        }

        if (edits is { AppendedMessage: { } last, AppendedAfter: null })
        {
            output.Add(request.Body[from..messages[^1].Whole.End]);
            AddLast(output, last);
            return;
        }

        output.Add(request.Body[from..field.Whole.End]);
    }

    private static void AddLast(List<ReadOnlyMemory<byte>> output, ReadOnlyMemory<byte> message)
    {
        output.Add(Comma);
        output.Add(message);
        output.Add(CloseArray);
    }

    /// <summary>What differs inside the caller's messages, and what is added between them, in order.</summary>
    private static List<(ByteRange Range, ReadOnlyMemory<byte> Json)> Changes(ChatRequest request, RequestEdits edits)
    {
        var changes = Replaced(request, edits);
        if (edits is { AppendedMessage: { } appended, AppendedAfter: { } after })
        {
            var end = request.Messages[after].Whole.End;
            var place = changes.FindIndex(change => change.Range.Start >= end);
            changes.Insert(place < 0 ? changes.Count : place, (new ByteRange(end, end), (byte[])[(byte)',', .. appended.Span]));
        }

        return changes;
    }

    /// <summary>What differs inside the caller's messages, in order.</summary>
    private static List<(ByteRange Range, ReadOnlyMemory<byte> Json)> Replaced(ChatRequest request, RequestEdits edits)
    {
        List<(ByteRange Range, ReadOnlyMemory<byte> Json)> replaced = [];
        if (edits.DeveloperRole is { } role)
        {
            ReadOnlyMemory<byte> json = JsonSerializer.SerializeToUtf8Bytes(role, ChatJson.Default.String);
            replaced.AddRange(
                request.Messages.Where(message => message.Role == ChatRole.Developer).Select(message => (message.RoleValue, json)));
        }

        if (edits.ToolCallModel is { } model && request.ToolCalls.Count > 0)
        {
            foreach (var call in request.ToolCalls)
            {
                if (ToolCallId.For(Encoding.UTF8.GetString(request.Slice(call.Id)[1..^1]), model, out var isOwn) is { } id)
                {
                    var json = JsonSerializer.SerializeToUtf8Bytes(id, ChatJson.Default.String);
                    replaced.Add(
                        isOwn || !call.HasMore ? (call.Id, json) : (call.Whole, ToolCallJson.Plain(request.Slice(call.Whole), json)));
                }
            }

            replaced.Sort(static (one, other) => one.Range.Start.CompareTo(other.Range.Start));
        }

        return replaced;
    }

    private static void AddNamed(List<ReadOnlyMemory<byte>> output, string name, ReadOnlyMemory<byte> value)
    {
        output.Add(OftenNamed.TryGetValue(name, out var often) ? often : Named(name));
        output.Add(value);
    }

    private static ReadOnlyMemory<byte> Named(string name) =>
        (byte[])[.. JsonSerializer.SerializeToUtf8Bytes(name, ChatJson.Default.String), (byte)':'];

    private static void Separate(List<ReadOnlyMemory<byte>> output)
    {
        if (output.Count > 1)
        {
            output.Add(Comma);
        }
    }
}
