// Builds the console into functions/console/files. The result depends on nothing but the sources, the senders' pages and the lock file.
import {createHash} from "node:crypto";
import {mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync} from "node:fs";
import {basename, dirname, join, relative} from "node:path";
import {fileURLToPath} from "node:url";
import {build} from "esbuild";
import {lexer} from "marked";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..");
const target = join(root, "functions", "console", "files");
const pages = join(root, "docs", "senders");

/** SHA-256 of everything that the files are made from: a test compares it without Node. */
function sourcesDigest() {
  const listed = (folder) => readdirSync(folder).map((name) => relative(root, join(folder, name)));
  const names = ["build.js", "package-lock.json", "tsconfig.json"].map((name) => `console/${name}`);
  names.push(...listed(join(here, "src")), ...listed(pages));
  const hash = createHash("sha256");
  for (const name of names.sort()) hash.update(`${name}\n`).update(readFileSync(join(root, name)));
  return hash.digest("hex");
}

// --- the senders' pages: their instructions, as data that the page makes elements of -------------------------------------

const WANTED = /^(Set up the URL|The template)/;

function senders() {
  return readdirSync(pages).filter((name) => name !== "README.md").sort().flatMap((name) => {
    const made = [];
    let inWanted = false;
    const text = readFileSync(join(pages, name), "utf8");
    for (const token of lexer(text)) {
      if (token.type === "heading" && token.depth === 1) made.push({name: token.text.replace("'", "’"), blocks: []});
      const sender = made[made.length - 1];
      if (token.type === "heading" && token.depth > 1) {
        inWanted = WANTED.test(token.text);
        if (!inWanted) continue;
      }
      if (token.type === "code" && !sender.format) {
        // What the command of the page makes, the form proposes.
        sender.format = /--format ([\w-]+)/.exec(token.text)?.[1];
        const repeated = /--duplicate-event-time (\d+)/.exec(token.text)?.[1];
        if (repeated) sender.duplicate = Number(repeated);
      }
      if (inWanted && token.depth !== 1) sender.blocks.push(...block(token));
    }
    return made.filter(({format, blocks}) => format && blocks.length > 0);
  });
}

function block(token) {
  switch (token.type) {
    case "heading": return [{kind: "h", text: inline(token.tokens)}];
    case "paragraph": return [{kind: "p", text: inline(token.tokens)}];
    case "code": return [{kind: "code", text: token.text}];
    case "list": return [{kind: token.ordered ? "ol" : "ul", items: token.items.map((item) => item.tokens.flatMap((part) =>
      part.type === "text" ? [{kind: "t", text: inline(part.tokens ?? [part])}] : block(part)))}];
    case "table": return [{kind: "table", head: token.header.map((cell) => inline(cell.tokens)),
      rows: token.rows.map((row) => row.map((cell) => inline(cell.tokens)))}];
    case "space": return [];
    default: throw new Error(`a sender's page has a ${token.type}, which the console cannot show`);
  }
}

function inline(tokens) {
  return tokens.map((token) => {
    switch (token.type) {
      case "codespan": return ["code", token.text];
      case "em": return ["em", plain(token)];
      case "strong": return ["b", plain(token)];
      // Links between pages lead nowhere here.
      case "link": return /^https:/.test(token.href) ? ["a", plain(token), token.href] : plain(token);
      case "text": case "escape": return unescaped(token.text);
      case "br": return " ";
      default: throw new Error(`a sender's page has a ${token.type}, which the console cannot show`);
    }
  });
}

const plain = (token) => unescaped(token.tokens.map((part) => part.text).join(""));
const unescaped = (text) => text.replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

const sendersModule = {
  name: "senders",
  setup({onResolve, onLoad}) {
    onResolve({filter: /^virtual:senders$/}, () => ({path: "senders", namespace: "virtual"}));
    onLoad({filter: /.*/, namespace: "virtual"}, () => ({contents: JSON.stringify(senders()), loader: "json"}));
  },
};

const result = await build({
  absWorkingDir: here,
  entryPoints: {console: "src/main.tsx"},
  plugins: [sendersModule],
  bundle: true,
  splitting: true,
  minify: true,
  format: "esm",
  target: ["es2022"],
  jsx: "automatic",
  jsxImportSource: "preact",
  legalComments: "none",
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  outdir: target,
  write: false,
  logLevel: "warning",
});

rmSync(target, {recursive: true, force: true});
mkdirSync(target, {recursive: true});
for (const {path, contents} of result.outputFiles) writeFileSync(path, contents);
const icon = readFileSync(join(here, "src", "icon.svg"));
const iconName = `icon-${createHash("sha256").update(icon).digest("hex").slice(0, 8)}.svg`;
writeFileSync(join(target, iconName), icon);
const named = (suffix) => basename(result.outputFiles.find(({path}) => new RegExp(`/console-\\w+\\.${suffix}$`).test(path)).path);
const page = readFileSync(join(here, "src", "index.html"), "utf8")
  .replace("{script}", `console/${named("js")}`)
  .replace("{style}", `console/${named("css")}`)
  .replace("{icon}", `console/${iconName}`);
writeFileSync(join(target, "index.html"), page);
writeFileSync(join(target, "sources.sha256"), `${sourcesDigest()}\n`);
