import {
  type BilevelProblem,
  finiteDifference,
  forwardMode,
  gradientDescent,
  metaparameterSpace,
  mixed,
  sgd,
  unrolled,
} from '@metadistill/hypergrad';
import { expectNoLeak, quadraticProblem, toNumbers } from '@metadistill/testing';
import { alternate, always, everyKth, linear } from '@metadistill/trajectory';
import { memory, tensor1d } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { constantBatch } from './batches/constant-batch.js';
import { DivergedError } from './diverged-error.js';
import { startTraining } from './state/start-training.js';
import { disposeTrainingState } from './state/training-state.js';
import { train } from './train.js';
import type { StepReport, TrainingState, TrainOptions } from './types.js';

// L = ½ z² + x z, V = ½ z² − z: after one step from z, dV/dx = −γ (z₁ − 1).
const problem = quadraticProblem({ A: [[1]], C: [[1]], a: [0], F: [[1]], f: [-1], h: [0] }) as BilevelProblem<
  string,
  null
>;

const startAt = (z: number, x: number) =>
  startTraining({
    weights: { parameters: [tensor1d([z])], statistics: [] },
    optimizer: sgd(),
    metaparameters: { x0: x },
  });

const options = (
  start: TrainingState<string>,
  extra: Partial<TrainOptions<string, null>> = {},
): TrainOptions<string, null> => ({
  problem,
  trainingBatches: constantBatch(null),
  iterations: 3,
  optimizer: sgd(),
  learningRate: () => 0.5,
  start,
  ...extra,
});

const meta = (extra: Partial<NonNullable<TrainOptions<string, null>['meta']>> = {}) => ({
  method: mixed(),
  optimizer: gradientDescent({ learningRate: 1 }),
  validationBatches: constantBatch(null),
  controller: always(),
  space: metaparameterSpace({ x0: { bounds: [-10, 10] } }),
  ...extra,
});

async function run(
  from: TrainOptions<string, null>,
): Promise<{ reports: StepReport<string>[]; z: number[] }> {
  const reports: StepReport<string>[] = [];
  const z: number[] = [];
  for await (const report of train(from)) {
    reports.push(report);
    z.push(toNumbers(report.state.weights.parameters[0]!)[0]!);
  }
  const last = reports.at(-1);
  if (last) disposeTrainingState(last.state);
  return { reports, z };
}

describe('train', () => {
  test('without hypergradients takes plain steps at fixed metaparameters', async () => {
    const { reports, z } = await run(options(startAt(1, 0.2)));
    // z <- z − 0.5 (z + 0.2): 1, 0.4, 0.1, −0.05
    expect(z).toEqual([expect.closeTo(0.4, 6), expect.closeTo(0.1, 6), expect.closeTo(-0.05, 6)]);
    expect(reports.map(({ action, cost }) => [action, cost.forwards, cost.backwards])).toEqual(
      Array(3).fill(['hold', 1, 1]),
    );
    expect(reports[0]?.trainingLoss).toBeCloseTo(0.7, 6);
  });

  test('the simultaneous update takes the step that was differentiated, the sequential one the new metaparameters', async () => {
    // From z = 1, x = 0.2: z₁ = 0.4, h = −0.5 (0.4 − 1) = 0.3, x = −0.1.
    const simultaneous = await run(options(startAt(1, 0.2), { iterations: 1, meta: meta() }));
    expect(simultaneous.z[0]).toBeCloseTo(0.4, 6);
    expect(simultaneous.reports[0]?.metaparameters.x0).toBeCloseTo(-0.1, 6);
    expect(simultaneous.reports[0]?.cost).toEqual({ forwards: 2, backwards: 2, jvps: 1 });
    const sequential = await run(
      options(startAt(1, 0.2), { iterations: 1, meta: meta({ update: 'sequential' }) }),
    );
    // z₁ = 1 − 0.5 (1 − 0.1) = 0.55
    expect(sequential.z[0]).toBeCloseTo(0.55, 6);
    expect(sequential.reports[0]?.cost).toEqual({ forwards: 3, backwards: 3, jvps: 1 });
  });

  test('the step that a hypergradient looks ahead by follows the learning-rate schedule', async () => {
    const learningRate = (iteration: number) => 0.5 / (iteration + 1);
    const one = await run(options(startAt(1, 0.2), { learningRate, meta: meta() }));
    for (const [i, { hypergradient }] of one.reports.entries()) {
      expect(hypergradient?.x0).toBeCloseTo(-learningRate(i) * (one.z[i]! - 1), 6);
    }
    // The second step of an unroll is taken at the rate of the next iteration: dz/dx = −γ₀ (1 − γ₁) − γ₁.
    const two = meta({ method: unrolled({ steps: 2 }) });
    const { reports, z } = await run(options(startAt(1, 0.2), { iterations: 1, learningRate, meta: two }));
    const next = z[0]! - learningRate(1) * (z[0]! + 0.2);
    const slope = -learningRate(0) * (1 - learningRate(1)) - learningRate(1);
    expect(reports[0]?.hypergradient?.x0).toBeCloseTo(slope * (next - 1), 6);
  });

  test('metaparameters stay inside their bounds', async () => {
    const space = metaparameterSpace({ x0: { bounds: [0, 1] } });
    const { reports } = await run(options(startAt(1, 0.2), { meta: meta({ space }) }));
    for (const { metaparameters } of reports) expect(metaparameters.x0).toBeGreaterThanOrEqual(0);
    // h = 0.3 at first, from 0.2 down to the bound.
    expect(reports[0]?.saturated).toEqual(['x0']);
  });

  test('a prediction replaces the metaparameters without a hypergradient', async () => {
    const controller = alternate({ gradientIterations: 2, period: 2, predictor: linear() });
    const { reports } = await run(options(startAt(1, 0.2), { iterations: 4, meta: meta({ controller }) }));
    expect(reports.map(({ action }) => action)).toEqual(['gradient', 'gradient', 'predict', 'predict']);
    const [a, b, c, d] = reports.map(({ metaparameters }) => metaparameters.x0 as number) as [
      number,
      number,
      number,
      number,
    ];
    expect(c).toBeCloseTo(2 * b - a, 6);
    expect(d).toBeCloseTo(3 * b - 2 * a, 6);
    expect(reports[2]?.hypergradient).toBeUndefined();
  });

  test.each([mixed(), forwardMode({ decay: 0.7 }), unrolled({ steps: 3 })])(
    'continues bit for bit from the state of an earlier report, $name',
    async (method) => {
      // Gradients in every other iteration: the plain steps between carry a method's state on.
      const tuned = meta({ method, controller: everyKth(2) });
      const full = await run(options(startAt(1, 0.2), { iterations: 7, meta: tuned }));
      let half: TrainingState<string> | undefined;
      for await (const report of train(options(startAt(1, 0.2), { iterations: 4, meta: tuned })))
        half = report.state;
      const rest = await run(options(half!, { iterations: 7, meta: tuned }));
      expect(rest.z).toEqual(full.z.slice(4));
      expect(rest.reports.at(-1)?.metaparameters).toEqual(full.reports.at(-1)?.metaparameters);
      // The state of the first half belongs to the receiver of its last report, and is borrowed since.
      disposeTrainingState(half!);
    },
  );

  test('tangents that travel through plain steps reach the hypergradient', async () => {
    // z <- 0.5 z − 0.5 x, so dz/dx is −0.5 after one step, −0.75 after the plain one, −0.875 after the third.
    const tuned = meta({ method: forwardMode({ decay: 1 }), controller: everyKth(2) });
    const { reports, z } = await run(options(startAt(1, 0.2), { iterations: 3, meta: tuned }));
    expect(reports.map(({ action }) => action)).toEqual(['gradient', 'hold', 'gradient']);
    expect(reports[2]?.hypergradient?.x0).toBeCloseTo(-0.875 * (z[2]! - 1), 6);
  });

  test('lends a method that looks ahead the batches of the steps to come, and takes them back', async () => {
    const lent: number[] = [];
    const returned: number[] = [];
    const counting = {
      at: (iteration: number) => {
        lent.push(iteration);
        return null;
      },
      release: () => {
        returned.push(1);
      },
    };
    const tuned = meta({ method: unrolled({ steps: 3 }) });
    await run(options(startAt(1, 0.2), { iterations: 2, trainingBatches: counting, meta: tuned }));
    expect(lent).toEqual([0, 1, 2, 1, 2, 3]);
    expect(returned).toHaveLength(6);
  });

  test('reports whether the gradients of training and validation conflict', async () => {
    // ∇L(1) = 1.2 and ∇V(0.4) = −0.6
    const { reports } = await run(options(startAt(1, 0.2), { iterations: 1, meta: meta() }));
    expect(reports[0]?.diagnostics?.gradientCosine).toBeCloseTo(-1, 6);
    expect(reports[0]?.diagnostics?.validationGradientNorm).toBeCloseTo(0.6, 6);
  });

  test.each([forwardMode({ decay: 0.7 }), unrolled({ steps: 3 })])(
    'holds as many tensors after 100 steps as before with a method that keeps or looks ahead, $name',
    async (method) => {
      await expectNoLeak(async () => {
        const start = startAt(1, 0.2);
        const tuned = meta({ method, controller: everyKth(3), update: 'sequential' });
        await run(options(start, { iterations: 100, learningRate: () => 0.01, meta: tuned }));
        disposeTrainingState(start);
      });
    },
  );

  test('holds as many tensors after 1,000 steps as before, whatever the method', async () => {
    for (const method of [mixed(), mixed({ via: 'vjp' }), finiteDifference()]) {
      await expectNoLeak(async () => {
        const start = startAt(1, 0.2);
        await run(
          options(start, {
            iterations: 1000,
            learningRate: () => 0.01,
            meta: meta({ method, update: 'sequential' }),
          }),
        );
        disposeTrainingState(start);
      });
    }
  });

  test('stops at the step whose loss is not finite, and keeps the last state valid', async () => {
    const start = startAt(1, 0.2);
    const before = memory().numTensors;
    let last: StepReport<string> | undefined;
    const diverging = options(start, { iterations: 1000, learningRate: () => 1e10 });
    await expect(
      (async () => {
        for await (const report of train(diverging)) last = report;
      })(),
    ).rejects.toThrow(DivergedError);
    expect(toNumbers(last!.state.weights.parameters[0]!)).toHaveLength(1);
    expect(memory().numTensors - before).toBe(1);
  });

  test('refuses a schedule whose rate is not a number at the step that it is for, and keeps the last state valid', async () => {
    const start = startAt(1, 0.2);
    let last: StepReport<string> | undefined;
    const learningRate = (iteration: number) => (iteration < 2 ? 0.1 : Number.NaN);
    await expect(
      (async () => {
        for await (const report of train(options(start, { iterations: 5, learningRate }))) last = report;
      })(),
    ).rejects.toThrow('train: learningRate(2) is NaN; expected a number, 0 or more.');
    expect(last!.iteration).toBe(1);
    expect(toNumbers(last!.state.weights.parameters[0]!)).toHaveLength(1);
  });

  test('names the iteration, the metaparameters and the remedy when a hypergradient is not finite', async () => {
    const nan = {
      ...mixed(),
      evaluate: (...args: Parameters<ReturnType<typeof mixed>['evaluate']>) => {
        const result = mixed().evaluate(...args);
        result.gradient.dispose();
        return { ...result, gradient: tensor1d([Number.NaN]) };
      },
    } as ReturnType<typeof mixed>;
    await expect(run(options(startAt(1, 0.2), { meta: meta({ method: nan }) }))).rejects.toThrow(
      'train: the hypergradient by x0 is NaN at iteration 0, with x0 0.2; expected a finite number.',
    );
    const { reports } = await run(options(startAt(1, 0.2), { meta: meta({ method: nan, onNaN: 'zero' }) }));
    expect(reports.map(({ metaparameters }) => metaparameters.x0)).toEqual([0.2, 0.2, 0.2]);
    expect(reports[0]?.hypergradient?.x0).toBeNaN();
    expect(reports[0]?.warning).toContain('by x0 is NaN at iteration 0, with x0 0.2');
    expect(reports[0]?.warning).toMatch(/It counts as zero\.$/);
    const skipped = await run(options(startAt(1, 0.2), { meta: meta({ method: nan, onNaN: 'skip' }) }));
    expect(skipped.reports.map(({ metaparameters }) => metaparameters.x0)).toEqual([0.2, 0.2, 0.2]);
    expect(skipped.reports.map(({ warning }) => warning)).toEqual(
      [0, 1, 2].map((i) => expect.stringContaining(`by x0 is NaN at iteration ${i}, with x0 0.2`)),
    );
  });

  test('a skipped hypergradient starts the tangents anew, and leaves no tensor', async () => {
    // The second hypergradient of three is lost: the third starts from no tangents, as the first did.
    const tangents = forwardMode({ decay: 1 });
    let calls = 0;
    const method = {
      ...tangents,
      evaluate: (...args: Parameters<typeof tangents.evaluate>) => {
        const result = tangents.evaluate(...args);
        calls += 1;
        if (calls !== 2) return result;
        result.gradient.dispose();
        return { ...result, gradient: tensor1d([Number.POSITIVE_INFINITY]) };
      },
    } as typeof tangents;
    await expectNoLeak(async () => {
      const start = startAt(1, 0.2);
      const tuned = meta({ method, onNaN: 'skip' });
      const { reports, z } = await run(options(start, { meta: tuned }));
      expect(reports[1]?.warning).toContain('by x0 is Infinity at iteration 1');
      expect(reports[2]?.hypergradient?.x0).toBeCloseTo(-0.5 * (z[2]! - 1), 6);
      disposeTrainingState(start);
    });
  });

  test('refuses metaparameters that start outside their bounds before any work', async () => {
    await expect(
      run(options(startAt(1, 2), { meta: meta({ space: metaparameterSpace({ x0: { bounds: [0, 1] } }) }) })),
    ).rejects.toThrow('train: x0 starts at 2; expected a value inside its bounds [0, 1].');
  });

  test('refuses validation batches that lack what the validation loss reads, before any work', async () => {
    const lent: number[] = [];
    const released: unknown[] = [];
    const validationBatches = {
      at: (iteration: number) => {
        lent.push(iteration);
        return null;
      },
      release: (batch: null) => released.push(batch),
    };
    const trainingBatches = {
      at: () => {
        throw new Error('a training batch was lent');
      },
      release: () => {},
    };
    const demanding = {
      ...problem,
      checkValidationBatch: () => {
        throw new TypeError('no teacherLogits');
      },
    };
    const tuned = meta({ validationBatches, controller: everyKth(5) });
    await expect(
      run(options(startAt(1, 0.5), { problem: demanding, trainingBatches, meta: tuned })),
    ).rejects.toThrow('no teacherLogits');
    expect([lent, released]).toEqual([[0], [null]]);
  });

  test('refuses options that it does not have, before work starts', async () => {
    const start = startAt(1, 0.5);
    const misspelt = { iteration: 3 } as object;
    await expect(run(options(start, misspelt))).rejects.toThrow("train: unknown option 'iteration'");
    const onNan = meta({ onNan: 'skip' } as object);
    await expect(run(options(start, { meta: onNan }))).rejects.toThrow(
      "train: meta: unknown option 'onNan'; did you mean 'onNaN'?",
    );
    expect(() => startTraining({ ...start, metaparameter: {} } as never)).toThrow(
      'startTraining: unknown option',
    );
  });

  test('refuses a space with a metaparameter that the loss does not know', async () => {
    const space = metaparameterSpace({ temperature: { bounds: [0, 1] } }) as never;
    await expect(run(options(startAt(1, 0.5), { meta: meta({ space }) }))).rejects.toThrow(
      "train: meta.space: unknown metaparameter 'temperature'. Known: x0.",
    );
    const misspelt = metaparameterSpace({ x: { bounds: [0, 1] } }) as never;
    await expect(run(options(startAt(1, 0.5), { meta: meta({ space: misspelt }) }))).rejects.toThrow(
      "train: meta.space: unknown metaparameter 'x'; did you mean 'x0'?",
    );
  });

  test('refuses a start without a metaparameter of the loss, and names the nearest to one that it does not have', async () => {
    const startWith = (metaparameters: object) => ({ ...startAt(1, 0.5), metaparameters }) as never;
    await expect(run(options(startWith({})))).rejects.toThrow(
      'train: start.metaparameters.x0 is undefined; expected a number.',
    );
    await expect(run(options(startWith({ x: 1 })))).rejects.toThrow(
      "train: start.metaparameters: unknown option 'x'; did you mean 'x0'?",
    );
  });

  test('stops between steps when its signal is aborted', async () => {
    const controller = new AbortController();
    const seen: number[] = [];
    await expect(
      (async () => {
        for await (const { iteration } of train(
          options(startAt(1, 0.2), { iterations: 100, signal: controller.signal }),
        )) {
          seen.push(iteration);
          if (iteration === 4) controller.abort();
        }
      })(),
    ).rejects.toThrow('aborted');
    expect(seen).toEqual([0, 1, 2, 3, 4]);
  });
});

test('a step that ends in NaN is refused itself, and what was reported before stays', async () => {
  await expectNoLeak(async () => {
    const start = startAt(1, 0.2);
    let last: TrainingState<string> = start;
    const steps = async () => {
      const learningRate = (i: number) => (i === 2 ? 1e300 : 0.5);
      for await (const { state } of train(options(start, { learningRate, iterations: 3 }))) last = state;
    };
    await expect(steps()).rejects.toThrow(
      'train: weights.parameters[0] after the step is -Infinity at iteration 2, with x0 0.2; expected a finite number.',
    );
    expect(last.iteration).toBe(2);
    expect(toNumbers(last.weights.parameters[0]!).every(Number.isFinite)).toBe(true);
    disposeTrainingState(last);
    if (last !== start) disposeTrainingState(start);
  });
});

test.each([Number.NaN, Number.POSITIVE_INFINITY])('refuses to start from weights with %d', async (z) => {
  await expectNoLeak(async () => {
    const start = startAt(z, 0.2);
    await expect(run(options(start))).rejects.toThrow(
      `train: start.weights.parameters[0] has ${z}; expected finite numbers.`,
    );
    disposeTrainingState(start);
  });
});

test.each([Number.NaN, -1, 0.5, '3', undefined])('refuses %s iterations', async (iterations) => {
  await expectNoLeak(async () => {
    const start = startAt(1, 0.2);
    await expect(run(options(start, { iterations: iterations as number }))).rejects.toThrow(
      /^train: iterations is .*; expected an integer of at least 0\./,
    );
    disposeTrainingState(start);
  });
});

test('refuses another update or onNaN than there are', async () => {
  await expectNoLeak(async () => {
    const start = startAt(1, 0.2);
    for (const [option, message] of [
      ['update', "'simultaneous' or 'sequential'"],
      ['onNaN', "'throw' or 'skip' or 'zero'"],
    ] as const) {
      await expect(run(options(start, { meta: meta({ [option]: 'sequentail' as never }) }))).rejects.toThrow(
        `train: meta.${option} is 'sequentail'; expected ${message}.`,
      );
    }
    disposeTrainingState(start);
  });
});
