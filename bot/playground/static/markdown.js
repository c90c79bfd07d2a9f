// The standard Markdown of Slack's "markdown" block, as DOM nodes: what Slack documents for it, no HTML.
import { h, safeUrl } from "./dom.js";
import { emojify } from "./emoji.js";

const INLINE = [
  { pattern: /`([^`]+)`/, build: (found) => h("code", {}, found[1]) },
  { pattern: /!?\[([^\]]*)\]\(([^()\s]+)\)/, build: (found) => anchor(found) },
  { pattern: /\*\*(?=\S)(.+?)\*\*|__(?=\S)(.+?)__/, build: (found) => h("strong", {}, inline(found[1] ?? found[2])) },
  { pattern: /~~(?=\S)(.+?)~~/, build: (found) => h("s", {}, inline(found[1])) },
  { pattern: /\*(?=[^\s*])(.+?)\*|(?<![\p{L}\p{N}])_(?=\S)(.+?)_(?![\p{L}\p{N}])/u, build: (found) => h("em", {}, inline(found[1] ?? found[2])) },
];

function anchor([whole, label, address]) {
  const href = safeUrl(address);
  return href ? h("a", { href, target: "_blank", rel: "noopener noreferrer" }, inline(label || address)) : whole;
}

function inline(text) {
  const hits = INLINE.map(({ pattern, build }) => ({ found: pattern.exec(text), build })).filter(({ found }) => found);
  if (!hits.length) return [emojify(text)];
  // The earliest wins; where two start together (** and *), the one that stands first in the table.
  const { found, build } = hits.reduce((best, hit) => (hit.found.index < best.found.index ? hit : best));
  const after = text.slice(found.index + found[0].length);
  return [emojify(text.slice(0, found.index)), build(found), ...(after ? inline(after) : [])];
}

const isTableRule = (line) => /^\s*\|?[\s:|-]*-[\s:|-]*$/.test(line ?? "") && line.includes("|");
const cells = (line) => line.trim().replace(/^\||\|$/g, "").split("|").map((cell) => cell.trim());

const BLOCKS = [
  { starts: /^```/, take: takeFence },
  { starts: /^#{1,6}\s/, take: (lines) => [h("p", { class: "md-heading", role: "heading", "aria-level": "4" }, inline(lines.shift().replace(/^#+\s+/, "")))] },
  { starts: /^\s*(?:-{3,}|\*{3,}|_{3,})\s*$/, take: (lines) => (lines.shift(), [h("hr")]) },
  { starts: /^>\s?/, take: (lines) => [h("blockquote", {}, blocks(takeWhile(lines, /^>\s?/).map((line) => line.replace(/^>\s?/, ""))))] },
  { starts: /^\s*[-*+]\s+/, take: (lines) => [h("ul", {}, listItems(lines, /^\s*[-*+]\s+/))] },
  { starts: /^\s*\d+[.)]\s+/, take: (lines) => [h("ol", {}, listItems(lines, /^\s*\d+[.)]\s+/))] },
];

function takeFence(lines) {
  lines.shift();
  const end = lines.findIndex((line) => /^```\s*$/.test(line));
  const body = lines.splice(0, end < 0 ? lines.length : end);
  lines.shift();
  return [h("pre", { tabindex: "0" }, h("code", {}, body.join("\n")))];
}

function takeWhile(lines, pattern) {
  const end = lines.findIndex((line) => !pattern.test(line));
  return lines.splice(0, end < 0 ? lines.length : end);
}

function listItems(lines, mark) {
  return takeWhile(lines, mark).map((line) => {
    const body = line.replace(mark, "");
    const task = /^\[([ xX])\]\s+(.*)$/.exec(body);
    return task ? h("li", { class: "md-task" }, task[1] === " " ? "☐ " : "☑ ", inline(task[2])) : h("li", {}, inline(body));
  });
}

function takeTable(lines) {
  const head = cells(lines.shift());
  lines.shift();
  const rows = takeWhile(lines, /\|/).map(cells);
  return [
    h("div", { class: "table-scroll", tabindex: "0", role: "group", "aria-label": "Table" },
      h("table", {},
        h("thead", {}, h("tr", {}, head.map((cell) => h("th", { scope: "col" }, inline(cell))))),
        h("tbody", {}, rows.map((row) => h("tr", {}, row.map((cell) => h("td", {}, inline(cell)))))))),
  ];
}

function blocks(input) {
  const lines = [...input];
  const out = [];
  while (lines.length) {
    const kind = BLOCKS.find(({ starts }) => starts.test(lines[0]));
    if (kind) out.push(...kind.take(lines));
    else if (!lines[0].trim()) lines.shift();
    else if (lines[0].includes("|") && isTableRule(lines[1])) out.push(...takeTable(lines));
    else out.push(takeParagraph(lines));
  }
  return out;
}

function takeParagraph(lines) {
  const paragraph = [];
  while (lines.length && lines[0].trim() && !BLOCKS.some(({ starts }) => starts.test(lines[0]))) paragraph.push(lines.shift());
  return h("p", {}, paragraph.flatMap((line, at) => (at ? [h("br"), ...inline(line)] : inline(line))));
}

export const markdown = (text) => blocks(String(text ?? "").split("\n"));
