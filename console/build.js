// Builds the console into functions/console/files. The result depends on nothing but the sources and the lock file.
import {createHash} from "node:crypto";
import {mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync} from "node:fs";
import {dirname, join} from "node:path";
import {fileURLToPath} from "node:url";
import {build} from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "..", "functions", "console", "files");

/** SHA-256 of everything that the files are made from: a test compares it without Node. */
function sourcesDigest() {
  const names = ["build.js", "package-lock.json", "tsconfig.json", ...readdirSync(join(here, "src")).map((name) => `src/${name}`)];
  const hash = createHash("sha256");
  for (const name of names.sort()) hash.update(`${name}\n`).update(readFileSync(join(here, name)));
  return hash.digest("hex");
}

const result = await build({
  absWorkingDir: here,
  entryPoints: {console: "src/main.tsx"},
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2022"],
  jsx: "automatic",
  jsxImportSource: "preact",
  legalComments: "none",
  outdir: target,
  write: false,
  logLevel: "warning",
});

rmSync(target, {recursive: true, force: true});
mkdirSync(target, {recursive: true});

function write(name, content) {
  const [stem, suffix] = name.split(".");
  const hashed = `${stem}-${createHash("sha256").update(content).digest("hex").slice(0, 12)}.${suffix}`;
  writeFileSync(join(target, hashed), content);
  return hashed;
}

const names = Object.fromEntries(result.outputFiles.map((file) => {
  const name = file.path.split(/[\\/]/).pop();
  return [name, write(name, file.contents)];
}));
const icon = write("icon.svg", readFileSync(join(here, "src", "icon.svg")));
const page = readFileSync(join(here, "src", "index.html"), "utf8")
  .replace("{script}", `console/${names["console.js"]}`)
  .replace("{style}", `console/${names["console.css"]}`)
  .replace("{icon}", `console/${icon}`);
writeFileSync(join(target, "index.html"), page);
writeFileSync(join(target, "sources.sha256"), `${sourcesDigest()}\n`);
