import { checkOptions, checkPart, describeValue } from '@metadistill/options';
import type { Layer, LayerOptions, MergingLayer, OpaqueCache } from '../../types.js';
import { opaque } from '../rules/opaque.js';
import { isMerging } from './several-inputs.js';
import { type Node, wire } from './wire.js';

/** A layer and what it reads. */
export interface GraphNode {
  /** What others read it by. Default: the layer's name. */
  readonly name?: string;
  readonly layer: Layer | MergingLayer;
  /** Names of earlier nodes, or `input`, which is what goes into the graph; a merging layer reads several. */
  readonly from: readonly string[];
}

export interface GraphOptions extends LayerOptions {
  /** Each after the nodes that it reads; the output of the last leaves the graph. */
  readonly nodes: readonly GraphNode[];
}

/**
 * Layers that read each other's outputs, as one layer: residual connections, parallel branches, gates.
 *
 * A layer in two nodes is shared: one set of parameters serves both. Parameters and statistics are those of the layers in
 * the order of first use, named `layer.parameter`; see `joint`. `vjp` disposes of each intermediate cotangent as soon as it
 * is passed on, and makes none that leads to no parameters unless asked for the input's.
 *
 * @throws RangeError if a node reads what is not before it, is called as another or `input`, is never read, or reads
 *   another number of inputs than its layer takes; in `outputShape` if shapes do not fit.
 */
export function graph(options: GraphOptions): Layer<OpaqueCache<'graph'>> {
  checkOptions('graph', options, { nodes: 'node[]', name: true });
  const { nodes, name = 'graph' } = options;
  if (nodes.length === 0) {
    throw new RangeError(`${name}: nodes is []; expected at least one. identity() passes its input on.`);
  }
  const names = nodes.map((node, i) => nameOf(name, node, i));
  const ordered = nodes.map((node, i) => numbered(name, node, i, names));
  const unread = names.find((_, i) => i < names.length - 1 && !ordered.some(({ from }) => from.includes(i)));
  if (unread !== undefined) {
    throw new RangeError(
      `${name}: node ${unread} is read by none and is not the last; expected every node to lead to ${names.at(-1)}. Leave it out, or merge it in.`,
    );
  }
  const layers = [...new Set(nodes.map(({ layer }) => layer))];
  const inputDims = ordered.flatMap(({ layer, from }) =>
    from.includes(-1) ? ((layer as Layer).inputDim ?? []) : [],
  );
  return opaque({
    ...(wire(name, ordered) as Layer),
    ...(inputDims.length > 0 && { inputDim: Math.min(...inputDims) }),
    keras: () => ({
      layers,
      nodes: nodes.map(({ layer }, i) => ({ layer: layers.indexOf(layer), from: ordered[i]!.from })),
    }),
  });
}

function nameOf(graphName: string, { name, layer }: GraphNode, i: number): string {
  const part = typeof layer === 'object' && layer !== null && isMerging(layer) ? 'mergingLayer' : 'layer';
  checkPart(graphName, `nodes[${i}].layer`, layer, part);
  return name ?? layer.name;
}

function numbered(graphName: string, { layer, from }: GraphNode, i: number, names: readonly string[]): Node {
  const [own, earlier] = [names[i] as string, names.slice(0, i)];
  if (own === 'input' || earlier.includes(own)) {
    throw new RangeError(
      `${graphName}: nodes[${i}] is called '${own}', as ${own === 'input' ? "the graph's input" : 'another node'} is; expected a name of its own. Give the node a name.`,
    );
  }
  if (from.length === 0 || (from.length > 1 && !isMerging(layer))) {
    throw new RangeError(
      `${graphName}: from of node ${own} is ${describeValue(from)}; expected ${isMerging(layer) ? 'at least one name' : 'one name'}. ${isMerging(layer) ? "'input' is what goes into the graph" : 'Merge with add() or concatenate()'}.`,
    );
  }
  return {
    layer,
    from: from.map((source) => {
      const index = source === 'input' ? -1 : earlier.indexOf(source);
      if (source === 'input' || index >= 0) return index;
      throw new RangeError(
        `${graphName}: from of node ${own} has ${describeValue(source)}; expected names among ${['input', ...earlier].join(', ')}. List the nodes that it reads before it.`,
      );
    }),
  };
}
