import { UnrecoverableError } from 'bullmq';
import { expect, test } from 'vitest';
import { synthetic } from '../../src/experiments/synthetic.js';
import { createOwnCheck } from '../../src/queue/check-own.js';
import { RefusedError } from '../../src/queue/refusals.js';
import { createJobMaker, type RunJob, runJob } from '../../src/queue/run-job.js';
import type { Experiment, RunSpec } from '../../src/runs/experiment.js';
import { fakeExperiment } from '../fake-experiment.js';

const experiments = [fakeExperiment as never, synthetic as never] as readonly Experiment[];
const makeJob = createJobMaker('here');
const check = createOwnCheck(experiments, makeJob);

async function jobOf(changes: Partial<RunSpec>, settings: Record<string, unknown> = {}): Promise<RunJob> {
  const experiment = experiments.find(({ name }) => name === (changes.experiment ?? 'fake'))!;
  const spec: RunSpec = {
    experiment: experiment.name,
    protocol: 'published',
    method: 'none',
    run: 0,
    config: experiment.defaults('published'),
    backend: 'auto',
  };
  const job = await makeJob(experiment, spec);
  const changed = { ...job, spec: { ...spec, config: { ...spec.config, ...settings }, ...changes } };
  // As a worker gets it.
  return runJob.parse(JSON.parse(JSON.stringify(changed)));
}

test('a job as a coordinator makes it is computed', async () => {
  await check(await jobOf({}));
  await check(await jobOf({ run: 19_999 }));
  await check(await jobOf({ experiment: 'synthetic' }));
});

const fewSettings = { config: { epochs: 3 } };

test.each<[Partial<RunSpec>, Record<string, unknown>, string]>([
  [{ run: Number.MAX_SAFE_INTEGER }, {}, 'run is 9007199254740991; expected a whole number, 0 to 19999'],
  [fewSettings, {}, 'learningRate is unset; expected a number'],
  [{}, { other: 1 }, 'other is no setting of this experiment'],
  [{}, { learningRate: 'abc' }, "learningRate is 'abc'; expected a number"],
  [{}, { augment: 1 }, 'augment is 1; expected true or false'],
  [{}, { label: 1 }, 'label is 1; expected a text'],
  [{}, { milestones: 1 }, 'milestones is 1; expected a list of numbers'],
  [{}, { epochs: -5 }, 'epochs is -5; expected a whole number, 1 to 1000000'],
  [{}, { epochs: 0.5 }, 'epochs is 0.5; expected a whole number'],
  [{}, { epochs: 1e9 }, 'epochs is 1000000000; expected a whole number'],
  [{ experiment: 'synthetic', ...fewSettings }, {}, 'is unset; expected'],
  [{ experiment: 'synthetic' }, { evaluateEvery: 0 }, 'evaluateEvery is 0; expected'],
  [{ experiment: 'synthetic' }, { teacherIterations: -1 }, 'teacherIterations is -1; expected'],
])('%j with %j is computed by nobody', async (changes, settings, reason) => {
  const checked = check(await jobOf(changes, settings));
  await expect(checked).rejects.toThrow(UnrecoverableError);
  await expect(checked).rejects.toThrow(reason);
});

test('what other machines may compute is left to them', async () => {
  for (const job of [
    await jobOf({ method: 'unknown' }),
    { ...(await jobOf(fewSettings)), versions: { node: '1.0.0' } },
    { ...(await jobOf({})), data: { images: 'sha256:other' } },
    { ...(await jobOf({}, { label: 'no data' })), data: { images: 'sha256:no data' } },
  ]) {
    await expect(check(job)).rejects.toThrow(RefusedError);
  }
});
