// Makes chat completions with OpenAI's own client and prints what a program that uses it would see:
//   node chat.mjs <baseUrl> <apiKey>
// with this as the first line of its input:
//   {"mode":"whole","request":{...},"maxRetries":0,"headers":{},"timeoutMs":60000,"then":[],"pause":false}
// mode  whole: the answer as one line of JSON. stream: a line for each chunk, then {"done":true}.
//       leave: as stream, but the request is aborted after the first content, then {"done":true}.
//       collect: a line for each tool call that the client's own helper for streams reports as done, then {"done":true}.
//       history, history-streamed: a whole answer (or one that the helper put together), and the next one to the same messages with the
//       answered message as the client gives it, a result "rain" for each of its tool calls, and the messages of `then`.
// maxRetries  null: as many as the client makes by itself.
// pause  The client's waits before a repeat do not pass: each is printed as {"wait":milliseconds} and ends with the next line of the input.
// An error, before or amid a stream, is the last line: {"error":{...}}. Only a wrong call of this script ends with another code than 0.
import OpenAI from "openai";
import { createInterface } from "node:readline";

const [baseURL, apiKey] = process.argv.slice(2);
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const { value: json } = await lines.next();
if (apiKey === undefined || json === undefined) {
  console.error("usage: node chat.mjs <baseUrl> <apiKey>, and a line of JSON");
  process.exit(2);
}

const { mode = "whole", request, maxRetries = 0, headers = {}, timeoutMs = 60_000, then = [], pause = false } = JSON.parse(json);
const timeout = pause ? timeoutMs + 1 : timeoutMs; // No wait before a repeat is as long to the millisecond: that tells them apart.
const client = new OpenAI({ baseURL, apiKey, maxRetries: maxRetries ?? undefined, timeout, defaultHeaders: headers });
const print = (value) => console.log(JSON.stringify(value));

if (pause) {
  const setTimer = globalThis.setTimeout;
  globalThis.setTimeout = (action, ms, ...more) => {
    if (ms === timeout) {
      return setTimer(action, ms, ...more);
    }
    print({ wait: ms });
    lines.next().then(() => action(...more));
  };
}

async function follow(first, answer) {
  const results = (first.tool_calls ?? []).map(({ id }) => ({ role: "tool", tool_call_id: id, content: "rain" }));
  return await answer({ ...request, messages: [...request.messages, first, ...results, ...then] });
}

const whole = async (asked) => {
  const answer = await client.chat.completions.create(asked);
  print(answer);
  return answer.choices[0].message;
};

const put = async (asked) => {
  const answer = await client.chat.completions.stream(asked).finalChatCompletion();
  print(answer);
  return answer.choices[0].message;
};

try {
  if (mode === "stream" || mode === "leave") {
    const stream = await client.chat.completions.create({ ...request, stream: true });
    for await (const chunk of stream) {
      print(chunk);
      if (mode === "leave" && chunk.choices[0]?.delta?.content) {
        stream.controller.abort();
      }
    }
    print({ done: true });
  } else if (mode === "collect") {
    const stream = client.chat.completions.stream(request);
    stream.on("tool_calls.function.arguments.done", ({ name, arguments: text }) => print({ name, arguments: text }));
    await stream.finalChatCompletion();
    print({ done: true });
  } else if (mode === "history") {
    await follow(await whole(request), whole);
  } else if (mode === "history-streamed") {
    await follow(await put(request), put);
  } else {
    await whole(request);
  }
} catch (error) {
  const { status = null, code = null, type = null, param = null, message, constructor, headers: answered } = error;
  const retryAfter = answered?.get?.("retry-after") ?? null;
  print({ error: { status, code, type, param, message, name: constructor.name, retryAfter } });
}
process.exit(0); // Its input stays open.
