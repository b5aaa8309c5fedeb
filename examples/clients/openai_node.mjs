// OpenAI's Node SDK against the gateway. `npm install openai`, then `node openai_node.mjs`.
// ENSEMBLE_URL (default http://127.0.0.1:8080/v1), ENSEMBLE_MODEL (default council), ENSEMBLE_KEY (default none).
import OpenAI from "openai";

const client = new OpenAI({
  baseURL: process.env.ENSEMBLE_URL ?? "http://127.0.0.1:8080/v1",
  apiKey: process.env.ENSEMBLE_KEY ?? "none",
});
const model = process.env.ENSEMBLE_MODEL ?? "council";
const messages = [{ role: "user", content: "What is 17 * 23?" }];

const { data, response } = await client.chat.completions.create({ model, messages }).withResponse();
console.log(data.choices[0].message.content);
console.log("agreement", response.headers.get("x-ensemble-agreement"), "cost", response.headers.get("x-ensemble-cost-usd"));
console.log("tokens of all sub-calls", data.usage.total_tokens);

try {
  const stream = await client.chat.completions.create({ model, messages, stream: true, stream_options: { include_usage: true } });
  for await (const chunk of stream) {
    process.stdout.write(chunk.choices[0]?.delta?.content ?? "");
    if (chunk.usage) {
      process.stdout.write(`\n${chunk.usage.total_tokens} tokens\n`);
    }
  }
} catch (error) {
  // Also raised if a stream breaks in the middle: the printed text is then not the whole answer.
  console.error(`\nNo answer, or not all of it: ${error.message}`);
  process.exitCode = 1;
}
