import { identity } from '../../layers/containers/identity.js';
import { compilers } from '../families/table.js';
import type { CompiledStep, LayerSource } from '../families/types.js';
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
  if (computesItsOwn(application.layer)) return undefined;
  const source = sourceOf(application);
  const compile = compilers.get(application.layer.getClassName());
  return compile?.({ ...source, config: { ...source.config, ...config } });
}

/** Whether a layer is of a subclass of yours that kept the name of its parent, or has a `call` of its own. */
const computesItsOwn = (layer: Application['layer']): boolean =>
  !Object.hasOwn(layer.constructor, 'className') || Object.hasOwn(layer, 'call');

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
