// Asks over other APIs than chat completions, with the clients of their makers at their defaults, and prints what a program that uses
// them would see. The first line of the input is the task,
//   {"client":"openai","mode":"whole","baseURL":"http://.../v1","apiKey":"...","request":{...},"maxRetries":0}
// client  openai: responses. anthropic: messages. ai: AI SDK with the default model of @ai-sdk/openai. agents: OpenAI's Agents SDK.
// mode    whole: the answer as a line. stream: a line for each event, then {"done":true}. helper: the answer that the client's own helper
//         puts together from a stream. count: the tokens of a message.
//         loop, loop-streamed: as whole and helper, and once more with a result "rain" for each call of a tool.
//         text, text-streamed, object, tools (ai); run, run-streamed (agents): what their functions give.
// An error is a line {"error":{...}} and the last one.
import { createInterface } from "node:readline";

const print = (value) => console.log(JSON.stringify(value));
const input = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const { client, mode, baseURL, apiKey, request, maxRetries = 0 } = JSON.parse((await input.next()).value);
const options = { baseURL, apiKey, maxRetries };

async function each(stream) {
  for await (const event of stream) {
    print(event);
  }
  print({ done: true });
}

async function openai() {
  const { default: OpenAI } = await import("openai");
  const { responses } = new OpenAI(options);
  const whole = (asked) => responses.create(asked);
  const helped = (asked) => responses.stream(asked).finalResponse();
  const loop = async (ask) => {
    const first = await ask(request);
    print(first);
    const results = first.output
      .filter(({ type }) => type === "function_call")
      .map(({ call_id }) => ({ type: "function_call_output", call_id, output: "rain" }));
    const question = typeof request.input === "string" ? [{ role: "user", content: request.input }] : request.input;
    print(await ask({ ...request, input: [...question, ...first.output, ...results] }));
  };
  switch (mode) {
    case "stream":
      return each(await responses.create({ ...request, stream: true }));
    case "helper":
      return print(await helped(request));
    case "loop":
      return loop(whole);
    case "loop-streamed":
      return loop(helped);
    default:
      return print(await whole(request));
  }
}

async function anthropic() {
  const { default: Anthropic } = await import("@anthropic-ai/sdk");
  const { messages } = new Anthropic({ ...options, baseURL: baseURL.replace(/\/v1$/, "") });
  const whole = (asked) => messages.create(asked);
  const helped = (asked) => messages.stream(asked).finalMessage();
  const loop = async (ask) => {
    const first = await ask(request);
    print(first);
    const results = first.content
      .filter(({ type }) => type === "tool_use")
      .map(({ id }) => ({ type: "tool_result", tool_use_id: id, content: "rain" }));
    const answered = [{ role: "assistant", content: first.content }, { role: "user", content: results }];
    print(await ask({ ...request, messages: [...request.messages, ...answered] }));
  };
  switch (mode) {
    case "stream":
      return each(await messages.create({ ...request, stream: true }));
    case "helper":
      return print(await helped(request));
    case "count":
      return print(await messages.countTokens(request));
    case "loop":
      return loop(whole);
    case "loop-streamed":
      return loop(helped);
    default:
      return print(await whole(request));
  }
}

async function ai() {
  const { generateText, generateObject, streamText, tool, stepCountIs } = await import("ai");
  const { createOpenAI } = await import("@ai-sdk/openai");
  const { z } = await import("zod");
  const asked = { model: createOpenAI({ baseURL, apiKey })(request.model), prompt: request.prompt, maxRetries };
  const weather = tool({
    description: "Tells the weather.",
    inputSchema: z.object({ city: z.string() }),
    execute: async ({ city }) => `rain in ${city}`,
  });
  if (mode === "object") {
    const { object, usage } = await generateObject({ ...asked, schema: z.object({ city: z.string() }) });
    return print({ object, usage });
  }
  if (mode === "text-streamed") {
    const result = streamText({ ...asked, onError: ({ error }) => { throw error; } });
    const parts = [];
    for await (const part of result.fullStream) {
      if (part.type === "error") {
        throw part.error;
      }
      parts.push(part.type);
    }
    return print({ text: await result.text, finishReason: await result.finishReason, usage: await result.usage, parts });
  }
  const more = mode === "tools" ? { tools: { weather }, stopWhen: stepCountIs(5) } : {};
  const { text, finishReason, usage, totalUsage, steps } = await generateText({ ...asked, ...more });
  return print({ text, finishReason, usage, totalUsage, steps: steps.length });
}

async function agents() {
  const { Agent, Runner, OpenAIProvider, tool } = await import("@openai/agents");
  const { z } = await import("zod");
  const weather = tool({
    name: "weather",
    description: "Tells the weather.",
    parameters: z.object({ city: z.string() }),
    execute: async ({ city }) => `rain in ${city}`,
  });
  const expert = new Agent({ name: "expert", instructions: "Answer.", model: request.model, tools: [weather] });
  const agent = new Agent({ name: "first", instructions: "Ask the tool, or hand off.", model: request.model, tools: [weather], handoffs: [expert] });
  const runner = new Runner({ modelProvider: new OpenAIProvider({ baseURL, apiKey }), tracingDisabled: true });
  if (mode === "run-streamed") {
    const streamed = await runner.run(agent, request.prompt, { stream: true, maxTurns: 20 });
    await streamed.completed;
    return print({ output: streamed.finalOutput, agent: streamed.lastAgent?.name, items: streamed.newItems.length });
  }
  const result = await runner.run(agent, request.prompt, { maxTurns: 20 });
  return print({ output: result.finalOutput, agent: result.lastAgent?.name, items: result.newItems.length });
}

try {
  await { openai, anthropic, ai, agents }[client]();
} catch (error) {
  const { status = null, statusCode = null, code = null, type = null, param = null, message, name, constructor } = error;
  print({ error: { status: status ?? statusCode, code, type, param, message, name: constructor?.name ?? name } });
}
process.exit(0);
