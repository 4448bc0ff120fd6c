import { activation } from '../../layers/activations/activation.js';
import { logSoftmax } from '../../layers/activations/log-softmax.js';
import { prelu } from '../../layers/activations/prelu.js';
import { relu } from '../../layers/activations/relu.js';
import { softmax } from '../../layers/activations/softmax.js';
import { identity } from '../../layers/containers/identity.js';
import type { LayerOptions } from '../../types.js';
import type { Compile, CompiledStep, LayerSource } from './types.js';

type MakeStep = (options: LayerOptions) => CompiledStep;

const elementwise =
  (
    kind:
      | 'sigmoid'
      | 'tanh'
      | 'softplus'
      | 'hardSigmoid'
      | 'softsign'
      | 'elu'
      | 'selu'
      | 'relu6'
      | 'swish'
      | 'mish'
      | 'gelu'
      | 'geluNew',
  ): MakeStep =>
  (options) => ({ layer: activation({ kind, ...options }) });

/** Activations by the names that tfjs-layers serialises them by. */
const activations: ReadonlyMap<unknown, MakeStep> = new Map<unknown, MakeStep>([
  ['elu', elementwise('elu')],
  ['gelu', elementwise('gelu')],
  ['gelu_new', elementwise('geluNew')],
  ['hardSigmoid', elementwise('hardSigmoid')],
  ['logSoftmax', (options) => ({ layer: logSoftmax(options) })],
  ['mish', elementwise('mish')],
  ['relu', (options) => ({ layer: relu(options), fusion: { kind: 'relu' } })],
  ['relu6', elementwise('relu6')],
  ['selu', elementwise('selu')],
  ['sigmoid', elementwise('sigmoid')],
  ['softmax', (options) => ({ layer: softmax(options) })],
  ['softplus', elementwise('softplus')],
  ['softsign', elementwise('softsign')],
  ['swish', elementwise('swish')],
  ['tanh', elementwise('tanh')],
]);

/** `activation` of a layer with weights, after them. */
export function withActivation(
  steps: readonly CompiledStep[],
  name: string,
  { activation: kind }: LayerSource['config'],
): readonly CompiledStep[] | undefined {
  if (kind == null || kind === 'linear') return steps;
  const make = activations.get(kind);
  return make && [...steps, make({ name: `${name}/activation` })];
}

export const compileActivation: Compile = ({ name, config: { activation: kind } }) => {
  if (kind == null || kind === 'linear') return [{ layer: identity({ name }) }];
  const make = activations.get(kind);
  return make && [make({ name })];
};

export const compileRelu: Compile = ({ name, config: { maxValue } }) => [
  maxValue == null
    ? { layer: relu({ name }), fusion: { kind: 'relu' } }
    : { layer: activation({ name, kind: 'clippedRelu', maxValue: maxValue as number }) },
];

export const compileLeakyRelu: Compile = ({ name, config: { alpha: slope } }) => [
  { layer: activation({ name, kind: 'leakyRelu', slope: slope as number }) },
];

export const compileThresholdedRelu: Compile = ({ name, config: { theta } }) => [
  { layer: activation({ name, kind: 'thresholdedRelu', theta: theta as number }) },
];

/** tfjs-layers has no ELU of another slope. */
export const compileElu: Compile = ({ name }) => [{ layer: activation({ name, kind: 'elu' }) }];

export const compileSoftmax: Compile = ({ name, config: { axis }, inputShapes: [shape] }) =>
  axis === -1 || axis === shape!.length ? [{ layer: softmax({ name }) }] : undefined;

export const compilePrelu: Compile = ({ name, inputShapes: [inputShape], shapeOf }) => {
  const slopes = shapeOf('alpha')!;
  const sharedAxes = slopes.flatMap((length, axis) => (length === inputShape![axis] ? [] : [axis + 1]));
  return [{ layer: prelu({ name, inputShape: inputShape!, sharedAxes }), weights: ['alpha'] }];
};
