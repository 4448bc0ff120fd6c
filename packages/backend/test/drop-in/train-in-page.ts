import * as tf from '@tensorflow/tfjs';
import type { BackendChoice } from '../../src/select-backend.js';

/** What the page of the README has when its example is through. */
export interface TrainedInPage {
  readonly selectBackend: (options: { prefer: 'wasm' | 'webgl' }) => Promise<BackendChoice>;
  readonly wasm: BackendChoice;
  readonly history: { readonly acc: readonly number[] };
  readonly model: tf.LayersModel;
  readonly loaded: tf.LayersModel;
  readonly images: tf.Tensor;
  readonly labels: tf.Tensor;
}

/** What the page tells its test, as JSON. */
export interface PageReport {
  readonly wasm: BackendChoice;
  readonly accuracy: number | undefined;
  readonly predicted: number[];
  readonly predictedByLoaded: number[];
  readonly webgl: BackendChoice;
  readonly lossesOnWebgl: number[];
  /** Of each trainable weight of a fresh model, on wasm and on WebGL. */
  readonly gradients: { readonly wasm: number[]; readonly webgl: number[] }[];
}

/** Compares what was saved with what was loaded, then trains a fresh copy of the model on WebGL. */
export async function trainInPage(page: TrainedInPage): Promise<PageReport> {
  const { selectBackend, model, loaded, images, labels } = page;
  const valuesOf = async (of: tf.LayersModel) => [...(await (of.predict(images) as tf.Tensor).data())];
  const [predicted, predictedByLoaded] = [await valuesOf(model), await valuesOf(loaded)];

  const fresh = await tf.models.modelFromJSON(model.toJSON(undefined, false) as never);
  const onWasm = await gradientsOf(fresh, images);
  const webgl = await selectBackend({ prefer: 'webgl' });
  const onWebgl = await gradientsOf(fresh, images);
  fresh.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
  const { history } = await fresh.fit(images, labels, { epochs: 3, verbose: 0 });
  return {
    wasm: page.wasm,
    accuracy: page.history.acc.at(-1),
    predicted,
    predictedByLoaded,
    webgl,
    lossesOnWebgl: history.loss as number[],
    gradients: onWasm.map((values, i) => ({ wasm: values, webgl: onWebgl[i]! })),
  };
}

/** Of a weighted sum of what the model answers to eight images in training, by trainable weight. */
async function gradientsOf(model: tf.LayersModel, images: tf.Tensor): Promise<number[][]> {
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const few = tf.slice(images, [0], [8]);
  // In JavaScript: the sine of WebGL has four digits.
  const factors = tf.tensor(
    Array.from({ length: 16 }, (_, i) => Math.sin(i)),
    [8, 2],
  );
  const { grads } = tf.variableGrads(
    () => tf.sum(tf.mul(model.apply(few, { training: true }) as tf.Tensor, factors)) as tf.Scalar,
    variables,
  );
  return Promise.all(variables.map(async ({ name }) => [...(await grads[name]!.data())]));
}
