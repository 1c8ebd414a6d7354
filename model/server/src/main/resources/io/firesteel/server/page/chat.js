import { markdown } from "./markdown.js";

const $ = id => document.getElementById(id);
const FIELDS = ["system", "temperature", "top_p", "max_tokens", "seed", "thinking", "tools"];
const STORE = "firesteel";

let conversation = [];
let underWay = null;

function element(name, className, ...children) {
  const node = document.createElement(name);
  if (className) node.className = className;
  node.append(...children);
  return node;
}

// Settings

function storage(area) {
  try {
    const probe = area();
    return { get: key => probe.getItem(key), set: (key, value) => probe.setItem(key, value) };
  } catch {
    return { get: () => null, set: () => {} }; // storage is switched off in this browser
  }
}
const lasting = storage(() => localStorage);
const passing = storage(() => sessionStorage);

function loadSettings() {
  const saved = JSON.parse(lasting.get(STORE) ?? "{}");
  FIELDS.forEach(name => { $(name).value = saved[name] ?? ""; });
  $("key").value = passing.get(STORE + ".key") ?? "";
  if (saved.theme) document.documentElement.dataset.theme = saved.theme;
}

function saveSettings() {
  const saved = Object.fromEntries(FIELDS.map(name => [name, $(name).value]));
  saved.theme = document.documentElement.dataset.theme;
  lasting.set(STORE, JSON.stringify(saved));
  passing.set(STORE + ".key", $("key").value);
}

function tools() {
  const text = $("tools").value.trim();
  const list = text ? JSON.parse(text) : [];
  if (!Array.isArray(list)) throw new SyntaxError("expected a list");
  return list;
}

function request() {
  const body = { messages: [...conversation], stream: true, stream_options: { include_usage: true } };
  const system = $("system").value.trim();
  if (system) body.messages.unshift({ role: "system", content: system });
  for (const name of ["temperature", "top_p", "max_tokens", "seed"]) {
    if ($(name).value !== "") body[name] = Number($(name).value);
  }
  if ($("thinking").value) {
    body.chat_template_kwargs = { enable_thinking: $("thinking").value === "on" };
  }
  if (tools().length) body.tools = tools();
  return body;
}

function headers() {
  const key = $("key").value.trim();
  return { "content-type": "application/json", ...(key ? { authorization: `Bearer ${key}` } : {}) };
}

// Server-sent events

async function* events(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let pending = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    pending += value;
    let end;
    while ((end = pending.indexOf("\n\n")) >= 0) {
      for (const line of pending.slice(0, end).split("\n")) {
        if (line.startsWith("data: ") && line !== "data: [DONE]") yield JSON.parse(line.slice(6));
      }
      pending = pending.slice(end + 2);
    }
  }
}

async function problemOf(response) {
  try {
    return (await response.json()).error.message;
  } catch {
    return `the server answered with status ${response.status}`;
  }
}

// What is on the screen

const atBottom = () => {
  const main = $("messages");
  return main.scrollHeight - main.scrollTop - main.clientHeight < 80;
};
const toBottom = () => { $("messages").scrollTop = $("messages").scrollHeight; };

function showUser(text) {
  $("messages").append(element("div", "user", element("div", "", text)));
  toBottom();
}

class Answer {
  constructor() {
    this.content = "";
    this.thoughts = "";
    this.calls = [];
    this.node = element("article", "assistant");
    this.words = element("div", "text cursor");
    this.foot = element("div", "foot");
    this.node.append(this.words, this.foot);
    $("messages").append(this.node);
    toBottom();
  }

  add(delta) {
    const follow = atBottom();
    if (delta.reasoning_content) this.think(delta.reasoning_content);
    if (delta.content) {
      this.content += delta.content;
      this.redraw();
    }
    (delta.tool_calls ?? []).forEach(call => this.call(call));
    if (follow) toBottom();
  }

  think(text) {
    if (!this.thought) {
      this.thought = element("div");
      this.fold = element("details", "thought", element("summary", "", "Thinking …"), this.thought);
      this.node.prepend(this.fold);
    }
    this.thoughts += text;
    this.thought.textContent = this.thoughts.trim();
  }

  // Once a frame at most: answers come faster than screens are drawn.
  redraw() {
    if (this.drawing) return;
    this.drawing = requestAnimationFrame(() => {
      this.drawing = 0;
      const follow = atBottom();
      this.words.replaceChildren(...markdown(this.content));
      if (follow) toBottom();
    });
  }

  call(call) {
    const shown = element("pre");
    try {
      shown.textContent = JSON.stringify(JSON.parse(call.function.arguments), null, 2);
    } catch {
      shown.textContent = call.function.arguments;
    }
    const box = element("section", "call", element("h3", "", `⚒ ${call.function.name}`), shown);
    this.node.insertBefore(box, this.foot);
    this.calls.push({ call, box });
  }

  end(note) {
    cancelAnimationFrame(this.drawing);
    this.words.replaceChildren(...markdown(this.content));
    this.words.classList.remove("cursor");
    if (this.fold) this.fold.firstChild.textContent = "Thought";
    if (note) this.foot.append(element("span", "", note));
    if (this.content) this.foot.append(this.copyButton());
  }

  fail(message) {
    this.end("");
    this.node.insertBefore(element("p", "error", message), this.foot);
  }

  copyButton() {
    const button = element("button", "", "Copy");
    button.type = "button";
    button.onclick = () => navigator.clipboard?.writeText(this.content);
    return button;
  }

  message() {
    const message = { role: "assistant", content: this.content };
    if (this.thoughts) message.reasoning_content = this.thoughts;
    if (this.calls.length) {
      message.tool_calls = this.calls.map(({ call }) => ({ id: call.id, type: "function", function: call.function }));
    }
    return message;
  }

  /** Asks for the results of all calls; then the conversation goes on. */
  askForResults() {
    const results = new Map();
    for (const { call, box } of this.calls) {
      const input = element("textarea");
      input.rows = 1;
      input.placeholder = "Result of the call";
      input.setAttribute("aria-label", `Result of ${call.function.name}`);
      const give = element("button", "", "Return");
      give.type = "button";
      const row = element("div", "row", input, give);
      box.append(row);
      give.onclick = () => {
        results.set(call.id, input.value);
        row.replaceWith(element("div", "result", `→ ${input.value}`));
        if (results.size === this.calls.length) {
          this.calls.forEach(({ call: each }) => conversation.push(
            { role: "tool", tool_call_id: each.id, name: each.function.name, content: results.get(each.id) }));
          answer();
        }
      };
    }
  }
}

function statusLine(usage, seconds) {
  if (!usage) return "";
  const rate = usage.completion_tokens / seconds;
  return `${usage.completion_tokens} tokens, ${rate.toFixed(rate < 10 ? 1 : 0)} a second`;
}

async function answer() {
  const shown = new Answer();
  underWay = new AbortController();
  $("send").hidden = true;
  $("stop").hidden = false;
  const start = performance.now();
  let usage;
  try {
    const response = await fetch("/v1/chat/completions", {
      method: "POST", headers: headers(), body: JSON.stringify(request()), signal: underWay.signal });
    if (!response.ok) throw new Error(await problemOf(response));
    for await (const event of events(response)) {
      if (event.error) throw new Error(event.error.message);
      usage = event.usage ?? usage;
      event.choices.forEach(choice => shown.add(choice.delta));
    }
    shown.end(statusLine(usage, (performance.now() - start) / 1000));
    conversation.push(shown.message());
    if (shown.calls.length) shown.askForResults();
  } catch (problem) {
    if (problem.name === "AbortError") {
      shown.end("stopped");
      conversation.push(shown.message());
    } else {
      shown.fail(problem instanceof TypeError ? "The server cannot be reached." : problem.message);
      conversation.pop();
    }
  } finally {
    underWay = null;
    $("send").hidden = false;
    $("stop").hidden = true;
  }
}

function begin() {
  underWay?.abort();
  conversation = [];
  $("messages").replaceChildren(element("p", "empty", "Nothing leaves this server."));
  $("input").focus();
}

function send() {
  const text = $("input").value.trim();
  if (!text || underWay) return;
  $("input").value = "";
  grow();
  if (!conversation.length) $("messages").replaceChildren();
  conversation.push({ role: "user", content: text });
  showUser(text);
  answer();
}

function grow() {
  const input = $("input");
  input.style.height = "auto";
  input.style.height = `${input.scrollHeight + 2}px`;
}

async function showModel() {
  try {
    const response = await fetch("/v1/models", { headers: headers() });
    if (!response.ok) throw new Error(await problemOf(response));
    const model = (await response.json()).data[0];
    $("model").textContent = `${model.id} · ${model.meta.engine}`;
    document.title = `${model.id} – Firesteel`;
  } catch (problem) {
    $("model").textContent = problem.message;
  }
}

$("composer").onsubmit = event => { event.preventDefault(); send(); };
$("input").oninput = grow;
$("input").onkeydown = event => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    send();
  }
};
$("stop").onclick = () => underWay?.abort();
$("new").onclick = begin;
$("theme").onclick = () => {
  const root = document.documentElement;
  const dark = root.dataset.theme
    ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  saveSettings();
};
$("open-settings").onclick = () => $("settings").showModal();
$("settings").onclose = () => { saveSettings(); showModel(); };
$("close-settings").onclick = event => {
  try {
    tools();
    $("settings-error").hidden = true;
  } catch (problem) {
    event.preventDefault();
    $("settings-error").textContent = `Tools: ${problem.message}`;
    $("settings-error").hidden = false;
  }
};

loadSettings();
begin();
showModel();
