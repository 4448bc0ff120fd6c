import { disposeBatch, torchRandom } from '@metadistill/datasets';
import { dense, disposeWeights, flatten, model, type Weights } from '@metadistill/models';
import { expectNoLeak } from '@metadistill/testing';
import { miniBatches, predictLogits } from '@metadistill/trainer';
import type { Tensor } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import type { Evaluation } from '../../logs/log-schema.js';
import type { Protocol, RunContext } from '../../runs/experiment.js';
import { commonConfig } from './config.js';
import { type ImageSource, imageData } from './data.js';
import { execute } from './execute.js';

const { uniform } = torchRandom(1);

const images = (name: string, examples: number) => ({
  name,
  examples: Uint8Array.from({ length: examples * 12 }, () => uniform(0, 256)),
  exampleShape: [2, 2, 3],
  labels: Int32Array.from({ length: examples }, (_, i) => i % 4),
  classes: 4,
});

const source = {
  train: images('training noise', 50),
  test: images('test noise', 20),
  teacherLogits: {
    values: Float32Array.from({ length: 200 }, () => uniform(-3, 3)),
    examples: 50,
    classes: 4,
  },
  normalization: { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
  fingerprints: { noise: 'sha256:0' },
};

const student = model({
  name: 'student',
  inputShape: [2, 2, 3],
  classes: 4,
  layers: [flatten(), dense({ inputs: 12, outputs: 4 })],
});

const config = {
  ...commonConfig,
  epochs: 4,
  batchSize: 8,
  metaLearningRate: 0.1,
  trainingImages: 50,
  testImages: 20,
  teacherLogits: 'none.npy',
};

/** Runs to the end, or until the save numbered `stopAfter` from 1. */
async function run(
  method: string,
  protocol: Protocol,
  {
    stopAfter = Number.POSITIVE_INFINITY,
    snapshot,
    augment = 'none',
    source: data = source,
    settings = {},
  }: {
    stopAfter?: number;
    snapshot?: Uint8Array | undefined;
    augment?: string;
    source?: ImageSource;
    settings?: Partial<typeof config>;
  } = {},
) {
  const stop = new AbortController();
  const evaluations: Evaluation[] = [];
  const saved: Uint8Array[] = [];
  const context: RunContext = {
    begin: (start) => expect(start.data).toBe(data.fingerprints),
    emit: (evaluation) => evaluations.push(evaluation),
    progress: () => {},
    snapshot,
    save(bytes) {
      saved.push(structuredClone(bytes));
      if (saved.length === stopAfter) stop.abort();
    },
    signal: stop.signal,
  };
  const spec = {
    experiment: 'test',
    protocol,
    method,
    run: 1,
    config: { ...config, shuffle: true, augment, ...settings },
    backend: 'cpu',
  } as const;
  await execute(spec, context, student, async () => data).catch((error) => {
    if (!stop.signal.aborted) throw error;
  });
  return { evaluations, saved };
}

describe('a run on images', () => {
  const methods = [
    'none',
    'gradient',
    'gradient-exact',
    'every-5',
    'trajectory-10x2',
    'trajectory-ar1',
    'fixed-3',
  ];
  const protocols = ['published', 'corrected'] as const;
  test.each(methods.flatMap((method) => protocols.map((protocol) => [method, protocol] as const)))(
    'of %s, %s, killed after an epoch, resumes bit for bit from its snapshot',
    async (method, protocol) => {
      await expectNoLeak(async () => {
        const augment = 'all';
        const whole = await run(method, protocol, { augment });
        const first = await run(method, protocol, { augment, stopAfter: 2 });
        const rest = await run(method, protocol, { augment, snapshot: first.saved[1] });
        expect(first.evaluations).toEqual(whole.evaluations.slice(0, 2));
        expect(rest.evaluations).toEqual(whole.evaluations.slice(2));
      });
    },
  );

  test.each([1, 4, 6])(
    'of a search, killed after epoch %i of all its trainings, resumes bit for bit',
    async (stopAfter) => {
      await expectNoLeak(async () => {
        const whole = await run('random-search', 'corrected');
        const first = await run('random-search', 'corrected', { stopAfter });
        expect(first.evaluations).toEqual([]);
        const rest = await run('random-search', 'corrected', { snapshot: first.saved.at(-1) });
        expect(rest.evaluations).toEqual(whole.evaluations);
        expect(first.saved.length + rest.saved.length).toBe(whole.saved.length);
      });
    },
  );

  test('does not resume with the logits of another teacher', async () => {
    const { saved } = await run('naive', 'corrected', { stopAfter: 1 });
    const { teacherLogits } = source;
    const others = { ...teacherLogits, values: teacherLogits.values.map((value) => value + 1) };
    await expect(
      run('naive', 'corrected', { snapshot: saved[0], source: { ...source, teacherLogits: others } }),
    ).rejects.toThrow(/fingerprint of the teacher's logits is [0-9a-f]{64}; expected [0-9a-f]{64}, of those/);
  });

  test('of a search emits one training at the cost of all', async () => {
    await expectNoLeak(async () => {
      const { evaluations } = await run('tpe', 'corrected');
      const plain = await run('none', 'corrected');
      expect(evaluations.map(({ forwardEquivalents }) => forwardEquivalents)).toEqual(
        plain.evaluations.map(({ forwardEquivalents }) => 5 * forwardEquivalents),
      );
    });
  });

  test('costs plain training what the paper says, and an exact hypergradient 8/3 of it', async () => {
    const cost = async (method: string) =>
      (await run(method, 'corrected')).evaluations.at(-1)!.forwardEquivalents;
    const plain = await cost('none');
    expect((await cost('gradient-exact')) / plain).toBeCloseTo(8 / 3, 10);
    expect((await cost('gradient')) / plain).toBeCloseTo(11 / 3, 10);
  });

  test('trains methods without a validation set on all images when published, on none of the last tenth when corrected', async () => {
    // 50 images make 7 batches of 8, the first 45 make 6.
    const updates = async (protocol: Protocol) => (await run('none', protocol)).evaluations[0]!.iteration;
    expect([await updates('published'), await updates('corrected')]).toEqual([7, 6]);
  });

  test('asks a live teacher about the images as they are trained on', async () => {
    const seen: number[] = [];
    const liveTeacher = {
      model: {
        ...student,
        predict(weights: Weights, inputs: Tensor) {
          seen.push(inputs.shape[0] as number);
          return student.predict(weights, inputs);
        },
      },
      weights: student.initialize(torchRandom(9).uniform),
    };
    const live = await run('naive', 'corrected', { source: { ...source, liveTeacher } });
    // 45 images in batches of 8, in each of 4 epochs.
    expect(seen).toEqual(Array.from({ length: 4 }, () => [8, 8, 8, 8, 8, 5]).flat());
    const cached = await run('naive', 'corrected');
    expect(live.evaluations.at(-1)?.testLoss).not.toBe(cached.evaluations.at(-1)?.testLoss);
    disposeWeights(liveTeacher.weights);
  });

  test.each([
    ['none', { none: false, gradient: false }],
    ['gradient', { none: false, gradient: true }],
    ['all', { none: true, gradient: true }],
  ])('augments the images of the methods that augment=%s names', async (augment, expected) => {
    for (const [method, isAugmented] of Object.entries(expected)) {
      const [plain, augmented] = await Promise.all([
        run(method, 'corrected', { stopAfter: 1 }),
        run(method, 'corrected', { stopAfter: 1, augment }),
      ]);
      const isSame = plain.evaluations[0]?.testLoss === augmented.evaluations[0]?.testLoss;
      expect(isSame).toBe(!isAugmented);
    }
  });

  test('compares the student with its teacher on the validation images', async () => {
    const weights = student.initialize(torchRandom(config.seed).uniform);
    const { train, normalization } = source;
    const ownLogits = await predictLogits(
      student,
      weights,
      miniBatches({ dataset: train, batchSize: 50, normalization }),
    );
    disposeWeights(weights);
    // Of a student that hardly learns, its own first logits are the teacher; the last tenth, which it may not train on.
    const values = source.teacherLogits.values.map((value, i) =>
      i < 45 * 4 ? value : (ownLogits[i] as number),
    );
    const evaluations: Evaluation[] = [];
    await execute(
      {
        experiment: 'test',
        protocol: 'corrected',
        method: 'none',
        run: 0,
        config: { ...config, learningRate: 1e-30 },
        backend: 'cpu',
      },
      {
        begin: () => {},
        emit: (each: Evaluation) => evaluations.push(each),
        progress: () => {},
        snapshot: undefined,
        save: () => {},
        signal: new AbortController().signal,
      },
      student,
      async () => ({ ...source, teacherLogits: { ...source.teacherLogits, values } }),
    );
    expect(evaluations[0]?.validationTeacherAgreement).toBe(1);
    expect(evaluations[0]?.validationTeacherKL).toBeLessThan(1e-6);
  });

  test('measures calibration on the test images, and no top five of four classes', async () => {
    const { evaluations } = await run('none', 'corrected', { stopAfter: 1 });
    expect(evaluations[0]?.testBrierScore).toBeGreaterThan(0);
    expect(evaluations[0]?.testExpectedCalibrationError).toBeGreaterThan(0);
    expect(evaluations[0]).not.toHaveProperty('testTop5Accuracy');
  });

  test('starts all corrected methods of one run from the same student', async () => {
    const zero = { ...config, learningRate: 1e-30, shuffle: false };
    const accuracy = async (method: string) => {
      const evaluations: Evaluation[] = [];
      const spec = {
        experiment: 'test',
        protocol: 'corrected',
        method,
        run: 3,
        config: zero,
        backend: 'cpu',
      } as const;
      const context = {
        begin: () => {},
        emit: (each: Evaluation) => evaluations.push(each),
        progress: () => {},
        snapshot: undefined,
        save: () => {},
        signal: new AbortController().signal,
      };
      await execute(spec, context, student, async () => source);
      return evaluations[0]?.testLoss;
    };
    expect(await accuracy('gradient-exact')).toBe(await accuracy('none'));
  });

  test('lowers the learning rate after as many epochs as its settings say', async () => {
    const settings = { learningRateDecayEpochs: 1, learningRateDecayFactor: 1e-30 };
    const [first, second] = (await run('none', 'corrected', { settings })).evaluations;
    expect(second?.testLoss).toBe(first?.testLoss);
    const steady = await run('none', 'corrected');
    expect(steady.evaluations[1]?.testLoss).not.toBe(first?.testLoss);
  });

  test('published, looks ahead by the initial learning rate when that of the steps has fallen', async () => {
    const settings = { learningRateDecayEpochs: 1 };
    const [published, corrected] = await Promise.all(
      (['published', 'corrected'] as const).map((protocol) => run('gradient', protocol, { settings })),
    );
    expect(published?.evaluations[0]).toEqual(corrected?.evaluations[0]);
    expect(published?.evaluations[1]?.temperature).not.toBe(corrected?.evaluations[1]?.temperature);
  });

  test('of a search is chosen without a look at the test images', async () => {
    const { labels } = source.test;
    const otherTest = { ...source.test, labels: labels.map((label) => 3 - label) };
    const settings = { searchTrials: 8 };
    const chosen = async (test: typeof source.test) =>
      (await run('random-search', 'corrected', { settings, source: { ...source, test } })).evaluations[0];
    const [one, other] = [await chosen(source.test), await chosen(otherTest)];
    expect(other?.testAccuracy).not.toBe(one?.testAccuracy);
    expect(other?.temperature).toBe(one?.temperature);
  });

  test('published, a search is chosen by the best epoch of each training, corrected by the last', async () => {
    const settings = { searchTrials: 8, learningRate: 10, validationFraction: 0.4 };
    const chosen = async (protocol: Protocol, epochs: number) =>
      (await run('random-search', protocol, { settings: { ...settings, epochs } })).evaluations[0]
        ?.temperature;
    expect(await chosen('published', 6)).not.toBe(await chosen('corrected', 6));
    // Of one epoch the best is the last.
    expect(await chosen('published', 1)).toBe(await chosen('corrected', 1));
  });
});

test('runs of one number share the order of the images, runs of others do not', () => {
  const shuffled = { ...config, shuffle: true };
  const orderOf = (kind: 'drawn' | 'search', run: number) => {
    const method = kind === 'drawn' ? { kind } : { kind, search: 'random' as const };
    const batch = imageData(source, shuffled, 'corrected', method, run).training.at(0);
    disposeBatch(batch as Parameters<typeof disposeBatch>[0]);
    return (batch as unknown as { readonly labels: Tensor; readonly indices: Int32Array }).indices;
  };
  expect(orderOf('drawn', 0)).toEqual(orderOf('search', 0));
  expect(orderOf('drawn', 0)).not.toEqual(orderOf('drawn', 1));
});
