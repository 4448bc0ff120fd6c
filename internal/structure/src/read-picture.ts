export interface Picture {
  /** The label of each node by its id, in their order. */
  readonly nodes: ReadonlyMap<string, string>;
  /** What each node points at. */
  readonly arrows: ReadonlyMap<string, readonly string[]>;
}

/**
 * The Mermaid flowchart under a heading of a Markdown text. It has one statement per line, `id["label"]` or
 * `from --> to & to`: no more of Mermaid is understood, so that what GitHub draws is what is read here.
 */
export function readPicture(markdown: string, heading: string): Picture {
  const section = markdown.split(/^(?=## )/m).find((text) => text.startsWith(`## ${heading}\n`));
  const lines = /^```mermaid\nflowchart (?:TB|BT|LR|RL)\n(.*?)^```$/ms
    .exec(section ?? '')?.[1]
    ?.trimEnd()
    .split('\n');
  if (!lines) throw new Error(`readPicture: "## ${heading}" has no Mermaid flowchart; expected one.`);
  const nodes = new Map<string, string>();
  const arrows = new Map<string, string[]>();
  for (const line of lines) {
    const node = /^ {2}(\w+)\["([^"]+)"\]$/.exec(line);
    const arrow = /^ {2}(\w+) --> (\w+(?: & \w+)*)$/.exec(line);
    if (node) nodes.set(node[1]!, node[2]!);
    else if (arrow) arrows.set(arrow[1]!, [...(arrows.get(arrow[1]!) ?? []), ...arrow[2]!.split(' & ')]);
    else
      throw new Error(
        `readPicture: the line is ${line}; expected a node or arrows as readPicture describes.`,
      );
  }
  for (const id of [...arrows.keys(), ...[...arrows.values()].flat()]) {
    if (!nodes.has(id))
      throw new Error(`readPicture: an arrow touches ${id}; expected a node: ${[...nodes.keys()]}.`);
  }
  return { nodes, arrows };
}

/** All that a node points at, through others too. */
export function reachable({ arrows }: Picture, from: string): Set<string> {
  const found = new Set<string>();
  const visit = (node: string): void => {
    for (const next of arrows.get(node) ?? []) {
      if (found.has(next)) continue;
      found.add(next);
      visit(next);
    }
  };
  visit(from);
  return found;
}
