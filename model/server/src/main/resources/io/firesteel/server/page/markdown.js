// Markdown to DOM nodes. Text never becomes markup: every node is made here, and links lead only to
// http, https and mailto addresses.

const INLINE = /(`+)([\s\S]*?[^`])\1(?!`)|\*\*([\s\S]+?)\*\*|__([^_]+?)__|\*([^\s*][^*]*?)\*|(?<![\w])_([^_]+?)_(?![\w])|~~([\s\S]+?)~~|\[([^\]]+)\]\(([^)\s]+)\)|(https?:\/\/[^\s<>()]+[^\s<>().,;:!?])/;

function element(name, ...children) {
  const node = document.createElement(name);
  node.append(...children);
  return node;
}

function link(address, children) {
  if (!/^(https?:|mailto:)/i.test(address)) {
    return element("span", ...children);
  }
  const node = element("a", ...children);
  node.href = address;
  node.target = "_blank";
  node.rel = "noopener noreferrer";
  return node;
}

/** Inline markup of a piece of text, as a list of nodes and strings. */
export function inline(text) {
  const nodes = [];
  let rest = text;
  while (rest) {
    const found = INLINE.exec(rest);
    if (!found) {
      nodes.push(rest);
      break;
    }
    if (found.index > 0) {
      nodes.push(rest.slice(0, found.index));
    }
    const [whole, , code, bold, bold2, italic, italic2, struck, label, address, bare] = found;
    if (code !== undefined) nodes.push(element("code", code.trim()));
    else if (bold ?? bold2) nodes.push(element("strong", ...inline(bold ?? bold2)));
    else if (italic ?? italic2) nodes.push(element("em", ...inline(italic ?? italic2)));
    else if (struck) nodes.push(element("s", ...inline(struck)));
    else if (label) nodes.push(link(address, inline(label)));
    else nodes.push(link(bare, [bare]));
    rest = rest.slice(found.index + whole.length);
  }
  return nodes;
}

const FENCE = /^ {0,3}(```+|~~~+)\s*([\w+#.-]*)/;
const HEADING = /^(#{1,6})\s+(.*?)\s*#*$/;
const ITEM = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/;
const RULE = /^\s*([-*_])(\s*\1){2,}\s*$/;
const TABLE_LINE = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;

function cells(line) {
  return line.trim().replace(/^\||\|$/g, "").split("|").map(cell => cell.trim());
}

function fence(lines) {
  const [, mark, language] = FENCE.exec(lines.shift());
  const body = [];
  while (lines.length && !lines[0].trim().startsWith(mark)) body.push(lines.shift());
  lines.shift();
  const code = element("code", body.join("\n"));
  if (language) code.dataset.language = language;
  return element("pre", code);
}

function list(lines) {
  const [, indent, mark] = ITEM.exec(lines[0]);
  const node = element(/\d/.test(mark) ? "ol" : "ul");
  if (/\d/.test(mark)) node.start = parseInt(mark, 10);
  while (lines.length) {
    const found = ITEM.exec(lines[0]);
    if (!found || found[1].length < indent.length) break;
    if (found[1].length > indent.length + 1) {
      (node.lastChild ?? node).append(list(lines));
      continue;
    }
    lines.shift();
    const inner = [found[3]];
    while (lines.length && lines[0].trim() && !ITEM.test(lines[0]) && /^\s{2,}/.test(lines[0])) {
      inner.push(lines.shift().trim());
    }
    node.append(element("li", ...inline(inner.join("\n"))));
    if (lines.length > 1 && !lines[0].trim() && ITEM.test(lines[1])) lines.shift();
  }
  return node;
}

function quote(lines) {
  const inner = [];
  while (lines.length && /^\s*>/.test(lines[0])) inner.push(lines.shift().replace(/^\s*> ?/, ""));
  return element("blockquote", ...blocks(inner));
}

function table(lines) {
  const head = element("tr", ...cells(lines.shift()).map(c => element("th", ...inline(c))));
  lines.shift();
  const body = element("tbody");
  while (lines.length && lines[0].includes("|")) {
    body.append(element("tr", ...cells(lines.shift()).map(c => element("td", ...inline(c)))));
  }
  const wrapped = element("div", element("table", element("thead", head), body));
  wrapped.className = "scroll";
  return wrapped;
}

function startsBlock(lines) {
  const line = lines[0];
  return FENCE.test(line) || HEADING.test(line) || ITEM.test(line) || RULE.test(line)
    || /^\s*>/.test(line);
}

function paragraph(lines) {
  const text = [lines.shift()];
  while (lines.length && lines[0].trim() && !startsBlock(lines)) text.push(lines.shift());
  const node = element("p");
  text.forEach((line, i) => {
    if (i) node.append(element("br"));
    node.append(...inline(line));
  });
  return node;
}

function blocks(lines) {
  const nodes = [];
  while (lines.length) {
    const line = lines[0];
    if (!line.trim()) lines.shift();
    else if (FENCE.test(line)) nodes.push(fence(lines));
    else if (RULE.test(line)) { lines.shift(); nodes.push(element("hr")); }
    else if (HEADING.test(line)) {
      const [, marks, text] = HEADING.exec(lines.shift());
      nodes.push(element(`h${Math.min(4, marks.length)}`, ...inline(text)));
    } else if (ITEM.test(line)) nodes.push(list(lines));
    else if (/^\s*>/.test(line)) nodes.push(quote(lines));
    else if (line.includes("|") && lines[1] && TABLE_LINE.test(lines[1]) && lines[1].includes("-")) nodes.push(table(lines));
    else nodes.push(paragraph(lines));
  }
  return nodes;
}

/** A text in Markdown, as a list of nodes. */
export function markdown(text) {
  return blocks(text.replace(/\r\n?/g, "\n").split("\n"));
}
