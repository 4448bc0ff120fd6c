import { checkPart } from '@metadistill/options';
import { addN, type Tensor, type Tensor2D, zeros } from '@tensorflow/tfjs-core';
import { expectPassArguments, expectTensors } from './check-arguments.js';
import { distinctNames, joint } from './layers/containers/joint.js';
import { sequential } from './layers/containers/sequential.js';
import type { LayeredModel } from './model.js';
import { scoped } from './scoped.js';
import { formatBatchShape, sameShape } from './shapes.js';
import type { Forward, Layer, Mode, OpaqueCache, Tensors, Weights } from './types.js';

/** Tensors by the name of the layer that they leave, `[batch, ...]`. */
export type Features<Name extends string> = Readonly<Record<Name, Tensor>>;

/** Logits `[batch, classes]` with what left some of the layers on the way. */
export interface LogitsAndFeatures<Name extends string> {
  readonly logits: Tensor2D;
  readonly features: Features<Name>;
}

/** A model that gives features beside its logits, with the derivative of both. Weights are those of the model. */
export interface FeatureModel<Name extends string> {
  /** One example's features, without the batch axis. */
  readonly featureShapes: Readonly<Record<Name, readonly number[]>>;
  /** The model's forward pass; the cache is one for `vjp` here, and features live as long as it does. */
  forward(
    weights: Weights,
    inputs: Tensor,
    mode: Mode,
  ): LogitsAndFeatures<Name> & { readonly cache: OpaqueCache<'features'>; readonly statistics: Tensors };
  /** In evaluation mode; keeps nothing but the logits and the features, which belong to the caller. */
  predict(weights: Weights, inputs: Tensor): LogitsAndFeatures<Name>;
  /** Jᵀu of logits and features together in one backward pass; a cotangent that is left out counts as zero. */
  vjp(
    weights: Weights,
    cache: OpaqueCache<'features'>,
    cotangents: { readonly logits?: Tensor2D; readonly features?: Partial<Features<Name>> },
  ): Tensors;
  /** Jv: how logits and features move along a tangent of the parameters, in one forward-mode pass. */
  jvp(weights: Weights, cache: OpaqueCache<'features'>, parameterTangents: Tensors): LogitsAndFeatures<Name>;
}

/**
 * Opens a model at some of its layers, for losses between features of student and teacher.
 *
 * Layers go by the names that they were given; those of one name are numbered, `relu1` and `relu2`. What leaves the
 * stages of a `resnet` is `layer1`, `layer2`, ..., and its penultimate features are `globalAveragePool`. The authors'
 * features of a `convNet` leave its blocks, `conv1_bn`, `conv2_bn`, `conv3_bn`, and its hidden layer, `relu`.
 *
 * @throws RangeError if a name is no layer's, or is given twice; on use, if a cotangent has another shape.
 */
export function features<const Name extends string>(
  model: LayeredModel,
  names: readonly Name[],
): FeatureModel<Name> {
  checkPart('features', 'model', model, 'layeredModel');
  checkPart('features', 'names', names, 'string[]');
  const { name: modelName, layers, inputShape } = model;
  const endOf = endsOf(model, names);
  const ends = [...new Set([...Object.values<number>(endOf), layers.length])].sort((a, b) => a - b);
  const segments: readonly Layer[] = ends.map((end, i) =>
    sequential({ name: `segment${i + 1}`, layers: layers.slice(ends[i - 1] ?? 0, end) }),
  );
  const { weightsOf, parametersOf } = joint(modelName, segments);
  const firstTrainable = segments.findIndex(({ parameters }) => parameters.length > 0);
  const segmentOf = (name: Name) => ends.indexOf(endOf[name]);
  const byName = <Value>(of: (name: Name) => Value) =>
    Object.fromEntries(names.map((name) => [name, of(name)])) as Record<Name, Value>;
  const featureShapes = byName((name) =>
    sequential({ name: modelName, layers: layers.slice(0, endOf[name]) }).outputShape(inputShape),
  );

  const forward: FeatureModel<Name>['forward'] = (weights, inputs, mode) => {
    expectPassArguments(model, weights, inputs, mode);
    const passes: Forward[] = [];
    segments.forEach((segment, i) => {
      passes.push(segment.forward(weightsOf(weights, i), passes[i - 1]?.output ?? inputs, mode));
    });
    const outputOf = (i: number) => (passes.at(i) as Forward).output;
    return {
      logits: outputOf(-1) as Tensor2D,
      features: byName((name) => outputOf(segmentOf(name))),
      cache: passes.map(({ cache }) => cache) as unknown as OpaqueCache<'features'>,
      statistics: passes.flatMap(({ statistics }) => statistics),
    };
  };

  return {
    featureShapes,
    forward,

    predict: (weights, inputs) =>
      scoped(() => {
        const { logits, features } = forward(weights, inputs, 'evaluation');
        return { logits, features };
      }),

    vjp: (weights, cache, cotangents) =>
      scoped(() => {
        const caches = cachesIn(cache);
        const leaving = (i: number): Tensor[] =>
          names.flatMap((name) => {
            const cotangent = segmentOf(name) === i ? cotangents.features?.[name] : undefined;
            if (cotangent) expectShape(modelName, name, cotangent, featureShapes[name]);
            return cotangent ?? [];
          });
        const gradients: Tensors[] = segments.map(() => []);
        let passed: Tensor | undefined = cotangents.logits;
        for (let i = segments.length - 1; i >= 0; i--) {
          const segment = segments[i]!;
          const arriving = [...(passed ? [passed] : []), ...leaving(i)];
          if (arriving.length === 0) {
            gradients[i] = segment.parameters.map(({ shape }) => zeros([...shape]));
            continue;
          }
          const { parameters, input } = segment.vjp(
            weightsOf(weights, i),
            caches[i],
            addN(arriving),
            i > firstTrainable,
          );
          gradients[i] = parameters;
          passed = input;
        }
        return gradients.flat();
      }),

    jvp: (weights, cache, parameterTangents) =>
      scoped(() => {
        const caches = cachesIn(cache);
        expectTensors(modelName, 'parameterTangents', parameterTangents, model.parameters);
        const tangents: Tensor[] = [];
        segments.forEach((segment, i) => {
          const own = parametersOf(parameterTangents, i);
          tangents.push(segment.jvp(weightsOf(weights, i), caches[i], own, tangents[i - 1]));
        });
        return {
          logits: tangents.at(-1) as Tensor2D,
          features: byName((name) => tangents[segmentOf(name)] as Tensor),
        };
      }),
  };
}

/** One cache per segment. */
const cachesIn = (cache: OpaqueCache<'features'>) => cache as unknown as readonly unknown[];

/** How many layers make each of the features. */
function endsOf<Name extends string>(model: LayeredModel, names: readonly Name[]): Record<Name, number> {
  const layerNames = distinctNames(model.layers);
  const ends = names.map((name, i) => {
    const position = name === '' ? -1 : layerNames.indexOf(name);
    if (position < 0 || names.indexOf(name) < i) {
      throw new RangeError(
        `features: names has '${name}'${position < 0 ? '' : ' twice'}; expected names among ${layerNames.join(', ')} of ${model.name}. Name each layer once.`,
      );
    }
    return [name, position + 1];
  });
  return Object.fromEntries(ends);
}

function expectShape(model: string, name: string, cotangent: Tensor, shape: readonly number[]): void {
  if (sameShape(cotangent.shape.slice(1), shape)) return;
  throw new RangeError(
    `${model}: cotangents.features.${name} has shape [${cotangent.shape.join(', ')}]; expected ${formatBatchShape(shape)}. Pass the loss's derivative by these features.`,
  );
}
