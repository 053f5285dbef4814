/** A sender's page as elements. */
import {CopyButton} from "./ui";

export type Inline = string | [kind: "code" | "em" | "b", text: string] | [kind: "a", text: string, url: string];
export type Block =
  | {kind: "h" | "p" | "t"; text: Inline[]}
  | {kind: "code"; text: string}
  | {kind: "ol" | "ul"; items: Block[][]}
  | {kind: "table"; head: Inline[][]; rows: Inline[][][]};

export function Instructions({blocks}: {blocks: Block[]}) {
  return <>{blocks.map((block, index) => <One key={index} block={block} />)}</>;
}

function One({block}: {block: Block}) {
  switch (block.kind) {
    case "h": return <h4><Line parts={block.text} /></h4>;
    case "p": return <p><Line parts={block.text} /></p>;
    case "t": return <Line parts={block.text} />;
    case "code":
      return <div class="snippet"><pre tabIndex={0}>{block.text}</pre><CopyButton text={block.text} /></div>;
    case "table":
      return (
        <div class="scrolled" tabIndex={0} role="region" aria-label="Table">
          <table>
            <thead><tr>{block.head.map((cell, index) => <th key={index}><Line parts={cell} /></th>)}</tr></thead>
            <tbody>{block.rows.map((row, index) => <tr key={index}>{row.map((cell, at) => <td key={at}><Line parts={cell} /></td>)}</tr>)}</tbody>
          </table>
        </div>
      );
    default: {
      const List = block.kind;
      return <List class="steps-list">{block.items.map((item, index) => <li key={index}><Instructions blocks={item} /></li>)}</List>;
    }
  }
}

function Line({parts}: {parts: Inline[]}) {
  return (
    <>
      {parts.map((part, index) => {
        if (typeof part === "string") return part;
        const [kind, text] = part;
        if (kind === "a") return <a key={index} href={part[2]} target="_blank" rel="noopener noreferrer">{text}</a>;
        const Tag = kind;
        return <Tag key={index}>{text}</Tag>;
      })}
    </>
  );
}
