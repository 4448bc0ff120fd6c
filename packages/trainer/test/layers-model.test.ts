import { torchRandom } from '@metadistill/datasets';
import { disposeWeights, fromLayersModel, weightsOf } from '@metadistill/models';
import { everyKth } from '@metadistill/trajectory';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { distil } from '../src/distil/distil.js';
import type { EpochReport } from '../src/distil/epoch-report.js';

const { uniform } = torchRandom(1);
const points = Float32Array.from({ length: 400 }, () => uniform(-1, 1));
const labels = Int32Array.from({ length: 200 }, (_, i) => ((points[2 * i] as number) > 0 ? 1 : 0));
const dataset = { name: 'half planes', examples: points, exampleShape: [2], labels, classes: 2 };
const teacherLogits = {
  values: Float32Array.from([...labels].flatMap((label) => [1 - 2 * label, 2 * label - 1])),
  examples: 200,
  classes: 2,
};

test("distils a user's own LayersModel, by the rules of its compiled layers", async () => {
  const own = sequential({
    layers: [layers.dense({ units: 2, inputShape: [2], kernelInitializer: 'zeros' })],
  });
  const student = fromLayersModel(own);
  const weights = weightsOf(own);
  let last: EpochReport | undefined;
  for await (const report of distil({
    student,
    training: dataset,
    teacherLogits,
    validation: dataset,
    epochs: 10,
    batchSize: 20,
    seed: 1,
    weights,
    controller: everyKth(5),
  })) {
    last = report;
  }
  expect(last?.validation.accuracy).toBeGreaterThan(0.95);
  // Two metaparameters by one forward-mode pass in every fifth step: (8 + 4 · 3) / 15.
  expect(last?.costMultiple).toBeCloseTo(20 / 15, 6);
  disposeWeights((last as EpochReport).weights);
  disposeWeights(weights);
});
