/** The first circle of a graph as a path that ends where it begins, or undefined if it has none. */
export function findCircle(successors: ReadonlyMap<string, Iterable<string>>): string[] | undefined {
  const finished = new Set<string>();
  const path: string[] = [];
  function visit(node: string): string[] | undefined {
    const start = path.indexOf(node);
    if (start >= 0) return [...path.slice(start), node];
    if (finished.has(node)) return undefined;
    path.push(node);
    for (const next of successors.get(node) ?? []) {
      const circle = visit(next);
      if (circle) return circle;
    }
    path.pop();
    finished.add(node);
    return undefined;
  }
  for (const node of successors.keys()) {
    const circle = visit(node);
    if (circle) return circle;
  }
  return undefined;
}
