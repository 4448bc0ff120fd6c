import { relu } from '../../layers/activations/relu.js';
import type { Compile, CompiledStep, LayerSource } from './types.js';

/** `activation` of a layer with weights, after them. */
export function withActivation(
  steps: readonly CompiledStep[],
  name: string,
  config: LayerSource['config'],
): readonly CompiledStep[] | undefined {
  const after = activationStep(`${name}/activation`, config.activation);
  return after && [...steps, ...after];
}

export const compileActivation: Compile = ({ name, config }) => activationStep(name, config.activation);

/** `ReLU({ maxValue })`. */
export const compileRelu: Compile = ({ name, config }) =>
  config.maxValue == null ? activationStep(name, 'relu') : undefined;

/** An activation by the name that tfjs-layers serialises it by. */
function activationStep(name: string, kind: unknown): readonly CompiledStep[] | undefined {
  if (kind == null || kind === 'linear') return [];
  return kind === 'relu' ? [{ layer: relu({ name }), fusion: { kind: 'relu' } }] : undefined;
}
