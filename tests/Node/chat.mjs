// Makes one chat completion with OpenAI's own client and prints what a program that uses it would see:
//   node chat.mjs <baseUrl> <apiKey> '{"mode":"whole"|"stream"|"collect","request":{...},"maxRetries":0,"headers":{},"timeoutMs":60000}'
// whole: the answer as one line of JSON. stream: a line for each chunk, then {"done":true}.
// collect: a line for each tool call that the client's own helper for streams reports as done, then {"done":true}.
// An error, before or amid a stream, is the last line: {"error":{...}}. Only a wrong call of this script ends with another code than 0.
import OpenAI from "openai";

const [baseURL, apiKey, json] = process.argv.slice(2);
if (json === undefined) {
  console.error("usage: node chat.mjs <baseUrl> <apiKey> <json>");
  process.exit(2);
}

const { mode = "whole", request, maxRetries = 0, headers = {}, timeoutMs = 60_000 } = JSON.parse(json);
const client = new OpenAI({ baseURL, apiKey, maxRetries, timeout: timeoutMs, defaultHeaders: headers });
const print = (value) => console.log(JSON.stringify(value));

try {
  if (mode === "stream") {
    const stream = await client.chat.completions.create({ ...request, stream: true });
    for await (const chunk of stream) {
      print(chunk);
    }
    print({ done: true });
  } else if (mode === "collect") {
    const stream = client.chat.completions.stream(request);
    stream.on("tool_calls.function.arguments.done", ({ name, arguments: text }) => print({ name, arguments: text }));
    await stream.finalChatCompletion();
    print({ done: true });
  } else {
    print(await client.chat.completions.create(request));
  }
} catch (error) {
  const { status = null, code = null, type = null, param = null, message, constructor } = error;
  print({ error: { status, code, type, param, message, name: constructor.name } });
}
