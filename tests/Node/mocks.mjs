// Starts a mock server that others wrote on a free loopback port, prints its address as a line, and ends when its input does:
//   node mocks.mjs aimock|mock-llm
// Both serve the same models. What each answers: `texts`, `calls` and `errors`.
const texts = {
  five: "The answer is 5.",
  "five-too": "It is 5.",
  seven: "The answer is 7.",
  judge: "Five, as two of three say.",
  json: '{"city":"Paris"}',
  fenced: '```json\n{"city":"Paris"}\n```',
  thinks: "<think>2 and 3 make 5.</think>The answer is 5.",
};
const calls = {
  caller: [{ name: "weather", arguments: '{"city":"Paris"}' }],
  "caller-too": [{ name: "weather", arguments: '{ "city": "Paris" }' }],
  "calls-twice": [{ name: "weather", arguments: '{"city":"Paris"}' }, { name: "tide", arguments: "{}" }],
};
const errors = {
  rejects: { status: 400, error: { message: "The prompt is too long.", type: "invalid_request_error", param: "messages", code: "context_length_exceeded" } },
  "bad-key": { status: 401, error: { message: "Incorrect API key provided.", type: "invalid_request_error", param: null, code: "invalid_api_key" } },
  limited: { status: 429, error: { message: "Too many requests.", type: "rate_limit_error", param: null, code: "rate_limit_exceeded" } },
  broken: { status: 500, error: { message: "The server had an error.", type: "server_error", param: null, code: null } },
  overloaded: { status: 503, error: { message: "The engine is overloaded.", type: "server_error", param: null, code: null } },
};

async function aimock() {
  const { LLMock } = await import("@copilotkit/aimock");
  const server = new LLMock({ port: 0, chunkSize: 5 });
  for (const [model, content] of Object.entries(texts)) {
    server.on({ model }, { content });
  }
  for (const [model, toolCalls] of Object.entries(calls)) {
    server.on({ model, hasToolResult: true }, { content: "It rains." });
    server.on({ model }, { toolCalls });
  }
  for (const [model, { status, error }] of Object.entries(errors)) {
    server.on({ model }, { status, error, retryAfter: 30 });
  }
  server.on({ model: "cut" }, { content: "This answer is never told to its end." }, { truncateAfterChunks: 4, latency: 20 });
  server.on({ model: "slow" }, { content: "Slowly but surely, one word after the other." }, { streamingProfile: { ttft: 50, tps: 100 } });
  await server.start();
  return server.url;
}

async function mockLlm() {
  const { createServer } = (await import("@dwmkerr/mock-llm/dist/server.js")).default;
  const whole = (message, finish_reason) => ({
    id: "chatcmpl-{{timestamp}}", object: "chat.completion", created: 1, model: "{{jmes request body.model}}",
    choices: [{ index: 0, message: { role: "assistant", ...message }, finish_reason }],
    usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
  });
  const rule = (match, status, body) => ({ path: "/v1/chat/completions", match, response: { status, content: JSON.stringify(body) } });
  const of = (model) => `body.model == '${model}'`;
  const rules = [];
  for (const [model, content] of Object.entries(texts)) {
    rules.push(rule(of(model), 200, whole({ content }, "stop")));
  }
  for (const [model, toolCalls] of Object.entries(calls)) {
    const tool_calls = toolCalls.map((called, index) => ({ id: `call_${index}`, type: "function", function: called }));
    rules.push(rule(of(model), 200, whole({ content: null, tool_calls }, "tool_calls")));
    rules.push(rule(`${of(model)} && body.messages[-1].role == 'tool'`, 200, whole({ content: "It rains." }, "stop")));
  }
  for (const [model, { status, error }] of Object.entries(errors)) {
    rules.push(rule(of(model), status, { error }));
  }
  const app = createServer({ rules, streaming: { chunkSize: 5, chunkIntervalMs: 1 } }, "127.0.0.1", 0);
  const server = await new Promise((resolve) => {
    const listening = app.listen(0, "127.0.0.1", () => resolve(listening));
  });
  return `http://127.0.0.1:${server.address().port}`;
}

const start = { aimock, "mock-llm": mockLlm }[process.argv[2]];
if (start === undefined) {
  console.error("usage: node mocks.mjs aimock|mock-llm");
  process.exit(2);
}

const print = console.log;
console.log = () => {}; // Both servers log there.
print(await start());
process.stdin.resume().on("end", () => process.exit(0));
