// OpenAI's .NET SDK against the gateway. In a console project: `dotnet add package OpenAI`, this as Program.cs, `dotnet run`.
// ENSEMBLE_URL (default http://127.0.0.1:8080/v1), ENSEMBLE_MODEL (default council), ENSEMBLE_KEY (default none).
using System.ClientModel;
using OpenAI;
using OpenAI.Chat;

var client = new ChatClient(
    Environment.GetEnvironmentVariable("ENSEMBLE_MODEL") ?? "council",
    new ApiKeyCredential(Environment.GetEnvironmentVariable("ENSEMBLE_KEY") ?? "none"),
    new OpenAIClientOptions { Endpoint = new Uri(Environment.GetEnvironmentVariable("ENSEMBLE_URL") ?? "http://127.0.0.1:8080/v1") });
ChatMessage[] messages = [new UserChatMessage("What is 17 * 23?")];

var result = await client.CompleteChatAsync(messages);
Console.WriteLine(result.Value.Content[0].Text);
result.GetRawResponse().Headers.TryGetValue("x-ensemble-agreement", out var agreement);
Console.WriteLine($"agreement {agreement}, {result.Value.Usage.TotalTokenCount} tokens of all sub-calls");

// A stream that breaks in the middle throws an exception: the printed text is then not the whole answer.
await foreach (var update in client.CompleteChatStreamingAsync(messages))
{
    foreach (var part in update.ContentUpdate)
    {
        Console.Write(part.Text);
    }
}

Console.WriteLine();
