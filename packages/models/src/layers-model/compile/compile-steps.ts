import { identity } from '../../layers/containers/identity.js';
import { compilers } from '../families/table.js';
import type { CompiledStep, LayerSource } from '../families/types.js';
import { isStock } from '../is-stock.js';
import type { Application } from '../read-applications.js';
import type { LayersModelWeight } from '../types.js';

/** The steps of each application; undefined for those that TensorFlow.js has to run. */
export function compileSteps(applications: readonly Application[]): (readonly CompiledStep[] | undefined)[] {
  const known = new Map<object, readonly CompiledStep[] | undefined>();
  return applications.map((application) => {
    const { layer, squashing } = application;
    if (squashing !== undefined) return withoutSquashing(application);
    // Applied again with weights, it is shared.
    const hasWeights = layer.trainableWeights.length + layer.nonTrainableWeights.length > 0;
    const steps = hasWeights && known.has(layer) ? known.get(layer) : compileLayer(application);
    known.set(layer, steps);
    return steps;
  });
}

function compileLayer(application: Application, config = {}): readonly CompiledStep[] | undefined {
  if (!isStock(application.layer, 'call')) return undefined;
  const source = sourceOf(application);
  const compile = compilers.get(application.layer.getClassName());
  try {
    return compile?.({ ...source, config: { ...source.config, ...config } });
  } catch (error) {
    // tfjs-layers takes options that ours refuse, such as a negative threshold or a momentum above 1.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The steps before the softmax or sigmoid at the end. */
function withoutSquashing(application: Application): readonly CompiledStep[] | undefined {
  const { layer, path: name } = application;
  const isAlone = ['Activation', 'Softmax'].includes(layer.getClassName());
  return isAlone ? [{ layer: identity({ name }) }] : compileLayer(application, { activation: 'linear' });
}

function sourceOf({ layer, path, inputShapes, outputShape }: Application): LayerSource {
  return {
    name: path,
    layer,
    config: layer.getConfig() as Record<string, unknown>,
    inputShapes,
    outputShape,
    shapeOf: (name) => weightOf(layer, name)?.read().shape,
  };
}

/** Weights are named `layer/kernel`. */
export const weightOf = (
  { trainableWeights, nonTrainableWeights }: Application['layer'],
  name: string,
): LayersModelWeight | undefined =>
  [...trainableWeights, ...nonTrainableWeights].find(
    ({ originalName }) => originalName.split('/').at(-1) === name,
  );
