import { addN, dispose, type Tensor, tidy, zeros } from '@tensorflow/tfjs-core';
import { scoped } from '../../scoped.js';
import type {
  Cotangents,
  Forward,
  MergedCotangents,
  MergedSecondOrder,
  SecondOrder,
  Tensors,
  Weights,
} from '../../types.js';
import { consume } from './consume.js';
import { within } from './fit.js';
import { joint, joinWeights } from './joint.js';
import { type DerivableLayer, type DerivableMergingLayer, severalInputs } from './several-inputs.js';

/** A layer and what it reads: numbers of earlier nodes, or −1 for the input of all. */
export interface Node {
  readonly layer: DerivableLayer | DerivableMergingLayer;
  readonly from: readonly number[];
}

export interface Wired extends DerivableLayer {
  /** The output in evaluation mode; keeps nothing, and each value between only until its last reader. */
  predict(weights: Weights, input: Tensor): Tensor;
}

type Shape = readonly number[];

/**
 * Nodes, each after those that it reads, as one layer that gives the last one's output.
 *
 * A layer in two nodes is shared: its parameters come once, in the order of first use, and their cotangents are summed. `vjp`
 * disposes of each cotangent as soon as it is passed on, and makes none that leads to no parameters, unless the input's is
 * asked for. A node that none reads runs, so that its statistics move, and its parameters have a gradient of 0. `jvp` and
 * `secondOrder` are there if all layers have them.
 */
export function wire(name: string, nodes: readonly Node[]): Wired {
  const layers = [...new Set(nodes.map(({ layer }) => layer))];
  const rules = nodes.map(({ layer }) => severalInputs(layer));
  const layerOf = nodes.map(({ layer }) => layers.indexOf(layer));
  const { parameters, statistics, ...own } = joint(name, layers);
  const weightsOf = (weights: Weights, i: number) => own.weightsOf(weights, layerOf[i]!);
  const parametersOf = (tensors: Tensors, i: number) => own.parametersOf(tensors, layerOf[i]!);
  const last = nodes.length - 1;
  /** The node that reads a node's output last. */
  const lastReader = nodes.map((_, k) => nodes.findLastIndex(({ from }) => from.includes(k)));
  /** Whether a node has parameters, or reads what depends on some. */
  const isTrained: boolean[] = [];
  for (const { layer, from } of nodes) {
    isTrained.push(layer.parameters.length > 0 || from.some((source) => isTrained[source]));
  }
  const wants = (wantInput: boolean) => (source: number) => wantInput || isTrained[source] === true;

  /** From the first node to the last: `step` makes a node's value of those that it reads; `drop` gets each after its last reader. */
  function run<Value>(
    input: Value,
    step: (i: number, read: readonly Value[]) => Value,
    drop?: (value: Value) => void,
  ): Value {
    const values: Value[] = [];
    /** Numbers of the values that are not dropped yet. */
    const held = new Set<number>();
    try {
      nodes.forEach(({ from }, i) => {
        const read = from.map((source) => (source < 0 ? input : values[source]!));
        values.push(step(i, read));
        held.add(i);
        // A node that none reads is its own last reader.
        for (const source of [...from, i]) {
          const isDone = source !== last && lastReader[source]! <= i;
          if (isDone && held.delete(source)) drop?.(values[source]!);
        }
      });
    } catch (error) {
      for (const i of held) drop?.(values[i]!);
      throw error;
    }
    return values[last]!;
  }

  /** From the last node to the first: `pull` makes the cotangents of a node's inputs, and `drop` gets each that was passed on. */
  function runBack(
    cotangent: Tensor,
    wantInput: boolean,
    pull: (i: number, arrived: Tensor, wanted: readonly boolean[]) => MergedCotangents,
    drop?: (cotangents: Tensors) => void,
  ): Cotangents {
    const wanted = wants(wantInput);
    const arriving: Tensor[][] = nodes.map(() => []);
    const atInput: Tensor[] = [];
    const gradients: Tensors[][] = layers.map(() => []);
    arriving[last]!.push(cotangent);
    for (let i = last; i >= 0; i--) {
      // Nothing arrives at a node that none reads.
      if (!wanted(i) || arriving[i]!.length === 0) continue;
      const { from } = nodes[i]!;
      const arrived = summed(arriving[i]!);
      const { parameters, inputs } = pull(i, arrived, from.map(wanted));
      drop?.([...new Set([...arriving[i]!, arrived])].filter((each) => each !== cotangent));
      gradients[layerOf[i]!]!.push(parameters);
      from.forEach((source, k) => {
        const sent = inputs[k];
        if (sent) (source < 0 ? atInput : arriving[source]!).push(sent);
      });
    }
    return {
      parameters: gradients.flatMap((lists, k) =>
        lists.length > 0 ? summedLists(lists) : layers[k]!.parameters.map(({ shape }) => zeros([...shape])),
      ),
      input: wantInput ? summed(atInput) : undefined,
    };
  }

  /** The tangent of the output; a node that nothing moves has none, unless it is the last. */
  function runTangents(
    weights: Weights,
    caches: readonly unknown[],
    parameterTangents: Tensors,
    inputTangent: Tensor | undefined,
    passes?: { along(i: number, own: Tensors, read: readonly (Tensor | undefined)[]): Tensor | undefined },
  ): Tensor {
    const tangent = run<Tensor | undefined>(
      inputTangent,
      (i, read) => {
        const own = parametersOf(parameterTangents, i);
        const along = passes?.along(i, own, read);
        const isStill = own.length === 0 && read.every((each) => each === undefined) && i < last;
        return along ?? (isStill ? undefined : rules[i]!.jvp!(weightsOf(weights, i), caches[i], own, read));
      },
      passes ? undefined : (each) => each?.dispose(),
    );
    return tangent as Tensor;
  }

  return {
    name,
    parameters,
    statistics,

    outputShape: (inputShape) =>
      run<Shape>(inputShape, (i, read) => within(name, () => rules[i]!.mergedShape(read))),

    initialize: (uniform) => joinWeights(layers.map((layer) => layer.initialize(uniform))),

    forward: (weights, input, mode) =>
      scoped(() => {
        // The statistics of a shared layer move at each of its nodes.
        const moved = layers.map((_, k) => own.weightsOf(weights, k).statistics);
        const passes: Forward[] = [];
        const output = run(input, (i, read) => {
          const k = layerOf[i]!;
          const { parameters } = weightsOf(weights, i);
          passes[i] = rules[i]!.forward({ parameters, statistics: moved[k]! }, read, mode);
          moved[k] = passes[i].statistics;
          return passes[i].output;
        });
        return { output, cache: passes.map(({ cache }) => cache), statistics: moved.flat() };
      }),

    predict: (weights, input) =>
      tidy(() =>
        run(
          input,
          (i, read) => tidy(() => rules[i]!.forward(weightsOf(weights, i), read, 'evaluation').output),
          (value) => value.dispose(),
        ),
      ),

    vjp: (weights, cache, cotangent, wantInput) =>
      scoped(() =>
        runBack(
          cotangent,
          wantInput,
          (i, arrived, wanted) => {
            const caches = cachesIn(cache);
            const cotangents = rules[i]!.vjp(weightsOf(weights, i), caches[i], arrived, wanted);
            consume(caches, i);
            return cotangents;
          },
          (cotangents) => dispose([...cotangents]),
        ),
      ),

    ...(rules.every(({ jvp }) => jvp) && {
      jvp: (weights, cache, parameterTangents, inputTangent) =>
        scoped(() => runTangents(weights, cachesIn(cache), parameterTangents, inputTangent)),
    }),

    ...(rules.every(({ secondOrder }) => secondOrder) && {
      secondOrder(weights, cache, cotangent, wantInput): SecondOrder {
        const passes: MergedSecondOrder[] = [];
        const pulled = runBack(cotangent, wantInput, (i, arrived, wanted) => {
          passes[i] = rules[i]!.secondOrder!(weightsOf(weights, i), cachesIn(cache)[i], arrived, wanted);
          return passes[i];
        });
        return {
          ...pulled,
          along(parameterTangents, inputTangent) {
            const moved: ReturnType<MergedSecondOrder['along']>[] = [];
            const along = (i: number, own: Tensors, read: readonly (Tensor | undefined)[]) => {
              const pass = passes[i]?.along(own, read);
              // Before the first parameters there is nothing to pull back to.
              if (pass) moved[i] = pass;
              return pass?.output;
            };
            const caches = cachesIn(cache);
            return {
              output: runTangents(weights, caches, parameterTangents, inputTangent, { along }),
              pullBack: (cotangentTangent) =>
                scoped(() =>
                  runBack(cotangentTangent, wantInput, (i, arrived) => moved[i]!.pullBack(arrived)),
                ),
            };
          },
        };
      },
    }),
  };
}

/** One cache per node. */
const cachesIn = (cache: unknown) => cache as readonly unknown[];

const summed = (tensors: readonly Tensor[]): Tensor =>
  tensors.length === 1 ? tensors[0]! : addN([...tensors]);

/** The sum of lists of tensors, term by term. */
const summedLists = (lists: readonly Tensors[]): Tensors =>
  lists.length === 1 ? lists[0]! : lists[0]!.map((_, k) => summed(lists.map((list) => list[k] as Tensor)));
