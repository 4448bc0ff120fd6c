import { batchNormReluPool } from '../../layers/normalization/batch-norm-relu-pool.js';
import type { CompiledNode } from './types.js';

/** Batch norm, ReLU and 2×2 max pooling that only each other read, as one node. */
export function fuse(nodes: readonly CompiledNode[]): readonly CompiledNode[] {
  const readers = nodes.map((_, i) => nodes.flatMap(({ from }, k) => (from.includes(i) ? [k] : [])));
  const isShared = ({ layer }: CompiledNode) => nodes.filter((node) => node.layer === layer).length > 1;
  const onlyReader = (i: number): number | undefined => {
    const [k, ...others] = readers[i]!;
    return others.length === 0 && k !== undefined && !isShared(nodes[k]!) ? k : undefined;
  };
  /** Where a fused node comes, and from where. */
  const fused = new Map<number, CompiledNode>();
  const dropped = new Set<number>();
  nodes.forEach((node, i) => {
    if (node.fusion?.kind !== 'batchNorm' || isShared(node)) return;
    const rectifier = onlyReader(i);
    const pool = rectifier === undefined ? undefined : onlyReader(rectifier);
    if (rectifier === undefined || pool === undefined) return;
    if (nodes[rectifier]!.fusion?.kind !== 'relu' || nodes[pool]!.fusion?.kind !== 'maxPool2') return;
    const layer = batchNormReluPool({ ...node.fusion.options, name: node.layer.name });
    fused.set(pool, { layer, from: node.from, weights: node.weights });
    dropped.add(i).add(rectifier);
  });
  const kept = nodes.map((_, i) => i).filter((i) => !dropped.has(i));
  return kept.map((i) => {
    const node = fused.get(i) ?? nodes[i]!;
    return { ...node, from: node.from.map((source) => (source < 0 ? source : kept.indexOf(source))) };
  });
}
