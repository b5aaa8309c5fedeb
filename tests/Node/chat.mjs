// Makes chat completions with OpenAI's own client and prints what a program that uses it would see. Each line of the input is one task,
//   {"baseURL":"http://...","apiKey":"...","mode":"whole","request":{...},"maxRetries":0,"headers":{},"timeoutMs":60000,"then":[],"pause":false}
// and what is printed for it ends with the line {"end":true}.
// mode  whole: the answer as one line of JSON. stream: a line for each chunk, then {"done":true}.
//       leave: as stream, but the request is aborted after the first content, then {"done":true}.
//       collect: a line for each tool call that the client's own helper for streams reports as done, then {"done":true}.
//       history, history-streamed: a whole answer (or one that the helper put together), and the next one to the same messages with the
//       answered message as the client gives it, a result "rain" for each of its tool calls, and the messages of `then`.
// maxRetries  null: as many as the client makes by itself.
// pause  The client's waits before a repeat do not pass: each is printed as {"wait":milliseconds} and ends with the next line of the input.
// An error, before or amid a stream, is the last line before that: {"error":{...}}.
import OpenAI from "openai";
import { createInterface } from "node:readline";

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const print = (value) => console.log(JSON.stringify(value));
const setTimer = globalThis.setTimeout;

async function run({ baseURL, apiKey, mode, request, maxRetries, headers = {}, timeoutMs = 60_000, then = [], pause = false }) {
  const client = new OpenAI({ baseURL, apiKey, maxRetries: maxRetries ?? undefined, timeout: timeoutMs, defaultHeaders: headers });
  if (pause) {
    const repeat = client.retryRequest.bind(client);
    client.retryRequest = (...args) => {
      // It sets its timer before it returns; nobody else's is meant.
      globalThis.setTimeout = (action, ms) => {
        print({ wait: ms });
        lines.next().then(() => action());
      };
      try {
        return repeat(...args);
      } finally {
        globalThis.setTimeout = setTimer;
      }
    };
  }

  const whole = async (asked) => {
    const answer = await client.chat.completions.create(asked);
    print(answer);
    return answer.choices[0].message;
  };
  const collected = async (asked) => {
    const answer = await client.chat.completions.stream(asked).finalChatCompletion();
    print(answer);
    return answer.choices[0].message;
  };
  const twice = async (answer) => {
    const first = await answer(request);
    const results = (first.tool_calls ?? []).map(({ id }) => ({ role: "tool", tool_call_id: id, content: "rain" }));
    await answer({ ...request, messages: [...request.messages, first, ...results, ...then] });
  };

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
    await twice(whole);
  } else if (mode === "history-streamed") {
    await twice(collected);
  } else {
    await whole(request);
  }
}

for (let next = await lines.next(); !next.done; next = await lines.next()) {
  try {
    await run(JSON.parse(next.value));
  } catch (error) {
    const { status = null, code = null, type = null, param = null, message, constructor, headers } = error;
    const retryAfter = headers?.get?.("retry-after") ?? null;
    print({ error: { status, code, type, param, message, name: constructor.name, retryAfter } });
  }
  print({ end: true });
}
