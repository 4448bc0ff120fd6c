import { checkOptions, describeValue, nearest } from '@metadistill/options';
import { add, mul, type Tensor, tidy, zerosLike } from '@tensorflow/tfjs-core';
import { scoped } from '../../scoped.js';
import type { KerasForm, Layer, LayerOptions, MergingLayer, OpaqueCache } from '../../types.js';
import { add as sum } from '../merging/add.js';
import { multiply } from '../merging/multiply.js';
import { rescaling } from '../normalization/rescaling.js';
import { opaque } from '../rules/opaque.js';
import type { ElementwiseFunction, Kept } from './functions/elementwise-function.js';
import { numberedFunctions, plainFunctions } from './functions/functions.js';

/** Which function: those of Keras, by its definitions and constants. */
export type ActivationOptions = LayerOptions &
  (
    | { readonly kind: keyof typeof plainFunctions }
    | {
        readonly kind: 'leakyRelu';
        /** The slope below 0. Default: 0.3. */
        readonly slope?: number;
      }
    | {
        readonly kind: 'thresholdedRelu';
        /** At most this becomes 0; at least 0. Default: 1. */
        readonly theta?: number;
      }
    | {
        readonly kind: 'clippedRelu';
        /** The largest output; at least 0. */
        readonly maxValue: number;
      }
  );

/**
 * y = f(x) of every element, of any shape.
 *
 * | kind | f(x) |
 * | --- | --- |
 * | `sigmoid`, `tanh`, `softplus` | 1 / (1 + e⁻ˣ), tanh(x), ln(1 + eˣ) |
 * | `hardSigmoid` | 0.2x + 0.5, clipped to [0, 1] |
 * | `softsign` | x / (1 + \|x\|) |
 * | `elu` | x above 0, eˣ − 1 below |
 * | `selu` | 1.0507 x above 0, 1.7581 (eˣ − 1) below |
 * | `swish`, `mish` | x sigmoid(x), x tanh(softplus(x)) |
 * | `gelu`, `geluNew` | x Φ(x), and its approximation by tanh |
 * | `relu6`, `clippedRelu` | x, clipped to [0, 6] or [0, maxValue] |
 * | `leakyRelu` | x above 0, slope · x below |
 * | `thresholdedRelu` | x above theta, else 0 |
 *
 * Derivatives at kinks are those of one side. `relu` and `softmax` are layers of their own.
 *
 * @throws TypeError if there is no such function, or it has no such option; RangeError if its number is out of range.
 */
export function activation(options: ActivationOptions): Layer<OpaqueCache<'activation'>> {
  const f = functionOf(options);
  const { name = 'activation' } = options;
  const scaled = (v: Tensor, kept: Kept): Tensor =>
    tidy(() => f.scaledBySlope?.(v, kept) ?? mul(v, f.slope(kept)));
  const layer: Layer<Kept> = {
    name,
    parameters: [],
    statistics: [],
    outputShape: (inputShape) => inputShape,
    initialize: () => ({ parameters: [], statistics: [] }),
    forward: ({ statistics }, input) =>
      scoped(() => {
        const { y, kept } = f.forward(input);
        return { output: y, cache: kept, statistics };
      }),
    vjp: (_weights, kept, cotangent, wantInput) => ({
      parameters: [],
      input: wantInput ? scaled(cotangent, kept) : undefined,
    }),
    jvp: (_weights, kept, _parameterTangents, inputTangent) =>
      inputTangent === undefined ? zerosLike(kept[0]) : scaled(inputTangent, kept),

    // dx = f′(x) dy moves by f′(x) dẏ + f″(x) dy ẋ.
    secondOrder(_weights, kept, cotangent, wantInput) {
      const { slope, bend } = scoped(() => {
        const slope = f.slope(kept);
        const curvature = wantInput && f.curvature?.(kept, slope);
        return { slope, bend: curvature ? mul(cotangent, curvature) : undefined };
      });
      return {
        parameters: [],
        input: wantInput ? mul(cotangent, slope) : undefined,
        along: (_parameterTangents, inputTangent) => ({
          output: inputTangent === undefined ? zerosLike(kept[0]) : mul(inputTangent, slope),
          pullBack(cotangentTangent) {
            if (!wantInput) return { parameters: [], input: undefined };
            const input = tidy(() => {
              const moved = mul(cotangentTangent, slope);
              return inputTangent && bend ? add(moved, mul(bend, inputTangent)) : moved;
            });
            return { parameters: [], input };
          },
        }),
      };
    },
  };
  return opaque({ ...layer, keras: () => kerasOf(options) });
}

function kerasOf(options: ActivationOptions): KerasForm {
  switch (options.kind) {
    case 'leakyRelu':
      return {
        factory: 'leakyReLU',
        config: { alpha: options.slope ?? numberedFunctions.leakyRelu.byDefault },
      };
    case 'thresholdedRelu':
      return {
        factory: 'thresholdedReLU',
        config: { theta: options.theta ?? numberedFunctions.thresholdedRelu.byDefault },
      };
    case 'clippedRelu':
      return { factory: 'reLU', config: { maxValue: options.maxValue } };
    case 'geluNew':
      return geluNewOfParts();
    default:
      return { factory: 'activation', config: { activation: options.kind } };
  }
}

/**
 * 0.5 x (1 + tanh(√(2/π) (x + 0.044715 x³))): tfjs-layers saves its own `gelu_new` under a name that it does not load. No merging
 * layer reads one tensor twice, of which tfjs-layers disposes too early.
 */
function geluNewOfParts(): KerasForm {
  const root = Math.sqrt(0.044715);
  const parts: [Layer | MergingLayer, ...number[]][] = [
    [rescaling({ name: 'left', scale: root }), -1],
    [rescaling({ name: 'right', scale: root }), -1],
    [multiply({ name: 'cube' }), -1, 0, 1],
    [sum({ name: 'sum' }), -1, 2],
    [rescaling({ name: 'inner', scale: Math.sqrt(2 / Math.PI) }), 3],
    [activation({ name: 'tanh', kind: 'tanh' }), 4],
    [rescaling({ name: 'gate', scale: 0.5, offset: 0.5 }), 5],
    [multiply({ name: 'gated' }), -1, 6],
  ];
  return {
    layers: parts.map(([layer]) => layer),
    nodes: parts.map(([, ...from], layer) => ({ layer, from })),
  };
}

function functionOf(options: ActivationOptions): ElementwiseFunction {
  const kind: unknown = options?.kind;
  const known = { kind: true, name: true } as const;
  if (isKeyOf(plainFunctions, kind)) {
    checkOptions('activation', options as { kind: typeof kind; name?: string }, known);
    return plainFunctions[kind];
  }
  if (isKeyOf(numberedFunctions, kind)) {
    const { option, byDefault, least, make } = numberedFunctions[kind];
    const given = options as unknown as { kind: string; name?: string; [number: string]: unknown };
    checkOptions('activation', given, { ...known, [option]: true });
    const value = given[option] ?? byDefault;
    if (typeof value === 'number' && Number.isFinite(value) && value >= least) return make(value);
    const expected = least === 0 ? 'a number of at least 0' : 'a finite number';
    throw new RangeError(`activation: ${option} is ${describeValue(value)}; expected ${expected}.`);
  }
  checkOptions('activation', options, known);
  const kinds = [plainFunctions, numberedFunctions].flatMap((table) => Object.keys(table));
  if (typeof kind === 'string') throw new TypeError(`activation: ${nearest('kind', kind, kinds)}`);
  throw new TypeError(`activation: kind is ${describeValue(kind)}; expected one of ${kinds.join(', ')}.`);
}

const isKeyOf = <Table extends object>(table: Table, key: unknown): key is keyof Table & string =>
  typeof key === 'string' && Object.hasOwn(table, key);
