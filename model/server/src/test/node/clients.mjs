// Talks to a server with the packages that people use, unchanged: node clients.mjs URL MODEL
import assert from "node:assert/strict";
import OpenAI from "openai";
import Anthropic from "@anthropic-ai/sdk";
import Ajv from "ajv";

const [url, model] = process.argv.slice(2);
const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: "none", maxRetries: 0 });
const anthropic = new Anthropic({ baseURL: url, apiKey: "none", maxRetries: 0 });

const question = [{ role: "user", content: "What is 345 + 87?" }];
const alarm = [{ role: "user", content: "Set an alarm for 7:30." }];
const parameters = {
  type: "object", properties: { time: { type: "string" } }, required: ["time"], additionalProperties: false };
const tools = [{ type: "function", function: { name: "set_alarm", description: "Set an alarm", parameters } }];
const schema = {
  type: "object",
  properties: {
    sum: { type: "integer" },
    unit: { enum: ["none", "metre"] },
    digits: { type: "array", items: { type: "integer", minimum: 0, maximum: 9 }, maxItems: 4 } },
  required: ["sum", "unit", "digits"], additionalProperties: false };

const checks = {
  async "openai: models"() {
    const list = await openai.models.list();
    assert.deepEqual(list.data.map(m => m.id), [model]);
    assert.equal((await openai.models.retrieve(model)).id, model);
  },

  async "openai: chat"() {
    const answer = await openai.chat.completions.create({ model, messages: question, temperature: 0 });
    assert.match(answer.choices[0].message.content, /432/);
    assert.equal(answer.choices[0].finish_reason, "stop");
    assert.equal(answer.usage.total_tokens, answer.usage.prompt_tokens + answer.usage.completion_tokens);
  },

  async "openai: stream with usage"() {
    const stream = await openai.chat.completions.create({
      model, messages: question, temperature: 0, stream: true, stream_options: { include_usage: true } });
    let text = "";
    let usage;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta?.content ?? "";
      usage = chunk.usage ?? usage;
    }
    assert.match(text, /432/);
    assert.ok(usage.completion_tokens > 0);
  },

  async "openai: stream helper"() {
    const final = await openai.chat.completions
      .stream({ model, messages: question, temperature: 0 }).finalContent();
    assert.match(final, /432/);
  },

  async "openai: tools round trip"() {
    const asked = await openai.chat.completions.create({ model, messages: alarm, tools, temperature: 0 });
    const [call] = asked.choices[0].message.tool_calls;
    assert.equal(asked.choices[0].finish_reason, "tool_calls");
    assert.equal(call.function.name, "set_alarm");
    assert.match(JSON.parse(call.function.arguments).time, /7:30/);
    const answered = await openai.chat.completions.create({
      model, tools, temperature: 0,
      messages: [...alarm, asked.choices[0].message,
        { role: "tool", tool_call_id: call.id, content: JSON.stringify({ status: "ok" }) }] });
    assert.ok(answered.choices[0].message.content.length > 0);
  },

  async "openai: runTools calls a function of ours"() {
    const times = [];
    const runner = openai.chat.completions.runTools({
      model, messages: alarm, temperature: 0,
      tools: [{ type: "function", function: {
        name: "set_alarm", description: "Set an alarm", parameters, parse: JSON.parse,
        function: ({ time }) => { times.push(time); return { status: "ok" }; } } }] });
    assert.ok((await runner.finalContent()).length > 0);
    assert.equal(times.length, 1);
  },

  async "openai: a tool that must be called"() {
    const asked = await openai.chat.completions.create({
      model, messages: [{ role: "user", content: "hello" }], tools, temperature: 0, max_tokens: 64,
      tool_choice: { type: "function", function: { name: "set_alarm" } } });
    assert.equal(asked.choices[0].message.tool_calls[0].function.name, "set_alarm");
  },

  async "openai: JSON schema"() {
    const valid = new Ajv().compile(schema);
    for (let seed = 0; seed < 5; seed++) {
      const answer = await openai.chat.completions.create({
        model, messages: question, seed, temperature: 1, max_tokens: 128,
        response_format: { type: "json_schema", json_schema: { name: "answer", strict: true, schema } } });
      const value = JSON.parse(answer.choices[0].message.content);
      assert.ok(valid(value), JSON.stringify(valid.errors));
    }
  },

  async "openai: an impossible schema is refused"() {
    await assert.rejects(
      openai.chat.completions.create({
        model, messages: question,
        response_format: { type: "json_schema", json_schema: { name: "a", schema: {
          type: "object", properties: { a: { type: "integer", minimum: 3, maximum: 2 } }, required: ["a"] } } } }),
      error => error instanceof OpenAI.BadRequestError && error.param === "response_format");
  },

  async "openai: logprobs"() {
    const answer = await openai.chat.completions.create({
      model, messages: question, temperature: 0, logprobs: true, top_logprobs: 2 });
    const tokens = answer.choices[0].logprobs.content;
    assert.equal(tokens.map(t => t.token).join("").trim(), answer.choices[0].message.content.trim());
    tokens.forEach(t => assert.ok(t.logprob <= 0 && t.top_logprobs.length === 2));
  },

  async "openai: n and seed"() {
    const ask = () => openai.chat.completions.create({
      model, messages: question, n: 2, seed: 5, temperature: 1.5, max_tokens: 16 });
    const [a, b] = [await ask(), await ask()];
    assert.equal(a.choices.length, 2);
    assert.deepEqual(a.choices.map(c => c.message.content), b.choices.map(c => c.message.content));
  },

  async "openai: cancel"() {
    const stream = await openai.chat.completions.create({
      model, messages: [{ role: "user", content: "Tell me a long story." }], stream: true, ignore_eos: true });
    let seen = 0;
    for await (const chunk of stream) {
      seen += chunk.choices.length;
      if (seen > 5) stream.controller.abort();
    }
    for (let i = 0; ; i++) {
      const health = await (await fetch(`${url}/health`)).json();
      if (health.load.running === 0) break;
      assert.ok(i < 200, "the answer goes on");
      await new Promise(done => setTimeout(done, 25));
    }
  },

  async "openai: errors"() {
    await assert.rejects(
      openai.chat.completions.create({ model: "nobody", messages: question }),
      error => error instanceof OpenAI.NotFoundError && error.code === "model_not_found");
    await assert.rejects(
      openai.chat.completions.create({ model, messages: question, temperature: 9 }),
      error => error instanceof OpenAI.BadRequestError && error.param === "temperature");
    await assert.rejects(
      openai.chat.completions.create({ model, messages: [{ role: "user", content: "word ".repeat(50000) }] }),
      error => error.code === "context_length_exceeded");
    await assert.rejects(
      openai.embeddings.create({ model, input: "" }),
      error => error instanceof OpenAI.BadRequestError && error.param === "input");
  },

  async "openai: embeddings"() {
    const packed = await openai.embeddings.create({ model, input: ["The sky is blue.", "7 + 5"] });
    const plain = await openai.embeddings.create({ model, input: "7 + 5", encoding_format: "float" });
    assert.equal(packed.data.length, 2);
    assert.deepEqual(packed.data[1].embedding, plain.data[0].embedding.map(Math.fround));
    assert.ok(packed.usage.total_tokens > plain.usage.total_tokens);
  },

  async "openai: completions"() {
    const answer = await openai.completions.create({ model, prompt: "Once upon a time", max_tokens: 8 });
    assert.ok(answer.choices[0].text.length > 0);
  },

  async "openai: responses"() {
    const answer = await openai.responses.create({ model, input: "What is 345 + 87?", temperature: 0 });
    assert.match(answer.output_text, /432/);
    const stream = await openai.responses.create({
      model, input: "What is 345 + 87?", temperature: 0, stream: true });
    let text = "";
    let last;
    for await (const event of stream) {
      if (event.type === "response.output_text.delta") text += event.delta;
      last = event.type;
    }
    assert.match(text, /432/);
    assert.equal(last, "response.completed");
  },

  async "anthropic: message"() {
    const answer = await anthropic.messages.create({ model, max_tokens: 100, temperature: 0, messages: question });
    assert.match(answer.content.at(-1).text, /432/);
    assert.equal(answer.stop_reason, "end_turn");
  },

  async "anthropic: stream"() {
    const answer = await anthropic.messages
      .stream({ model, max_tokens: 100, temperature: 0, messages: question }).finalMessage();
    assert.match(answer.content.at(-1).text, /432/);
    assert.ok(answer.usage.output_tokens > 0);
  },

  async "anthropic: tools round trip"() {
    const offered = [{ name: "set_alarm", description: "Set an alarm", input_schema: parameters }];
    const asked = await anthropic.messages.create({
      model, max_tokens: 100, temperature: 0, messages: alarm, tools: offered });
    const use = asked.content.find(block => block.type === "tool_use");
    assert.match(use.input.time, /7:30/);
    const answered = await anthropic.messages.create({
      model, max_tokens: 100, temperature: 0, tools: offered,
      messages: [...alarm, { role: "assistant", content: asked.content },
        { role: "user", content: [{ type: "tool_result", tool_use_id: use.id, content: "ok" }] }] });
    assert.ok(answered.content.length > 0);
  },

  async "anthropic: errors"() {
    await assert.rejects(
      anthropic.messages.create({ model: "nobody", max_tokens: 5, messages: question }),
      Anthropic.NotFoundError);
    await assert.rejects(
      anthropic.messages.create({ model, max_tokens: 5, messages: [] }), Anthropic.BadRequestError);
  },
};

let failed = 0;
for (const [name, check] of Object.entries(checks)) {
  try {
    await check();
    console.log(`ok      ${name}`);
  } catch (problem) {
    failed++;
    console.log(`FAILED  ${name}: ${problem.stack}`);
  }
}
console.log(`${Object.keys(checks).length - failed} of ${Object.keys(checks).length} checks passed`);
process.exit(failed ? 1 : 0);
