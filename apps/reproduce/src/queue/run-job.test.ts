import { expect, test } from 'vitest';
import { fakeExperiment } from '../../test/fake-experiment.js';
import type { RunSpec } from '../runs/experiment.js';
import { createJobMaker, jobDifference, jobIdOf, keptLogPath, runJob } from './run-job.js';

const spec: RunSpec = {
  experiment: 'fake',
  protocol: 'published',
  method: 'every-5',
  run: 3,
  config: fakeExperiment.defaults('published'),
  backend: 'auto',
};

test('a run has one identifier, which another configuration or number changes and nothing else', () => {
  expect(jobIdOf(spec)).toMatch(/^[0-9a-f]{12}-fake-published-every-5-03$/);
  expect(
    jobIdOf({ ...spec, config: Object.fromEntries(Object.entries(spec.config).reverse()) as never }),
  ).toBe(jobIdOf(spec));
  const others = [
    { ...spec, run: 4 },
    { ...spec, config: { ...spec.config, epochs: 4 } },
    { ...spec, method: 'none' },
  ];
  expect(new Set([spec, ...others].map(jobIdOf)).size).toBe(4);
  expect(new Set([spec, ...others].map(keptLogPath)).size).toBe(4);
});

test('a job survives the way through JSON', async () => {
  let taken = 0;
  const fingerprints = async () => ({ images: `sha256:${++taken}` });
  const makeJob = createJobMaker('here');
  const job = await makeJob({ ...fakeExperiment, fingerprints } as never, spec);
  expect(runJob.parse(JSON.parse(JSON.stringify(job)))).toEqual(job);
  expect(job).toMatchObject({ data: { images: 'sha256:1' }, place: 'here', begun: 0, threw: 0 });
  const another = await makeJob({ ...fakeExperiment, fingerprints } as never, { ...spec, run: 4 });
  expect(another.data).toEqual(job.data);
  expect(job.versions.node).toBe(process.versions.node);
});

test.each([
  ['schema', 2],
  ['versions', null],
  ['begun', -1],
  ['spec', { ...spec, config: { label: 'x' } }],
])('a job with another %s is refused', (key, value) => {
  const job = { schema: 1, spec, versions: {}, data: {}, place: 'here', begun: 0, threw: 0 };
  expect(runJob.safeParse(job).success).toBe(true);
  expect(runJob.safeParse({ ...job, [key]: value }).success).toBe(false);
});

test('says what keeps two machines from computing the same', () => {
  const wanted = {
    versions: { node: '20.0.0' },
    data: { images: 'sha256:ab', teacher: 'sha256:cd' },
    place: 'a',
  };
  expect(jobDifference(wanted, wanted)).toEqual([]);
  expect(
    jobDifference({ versions: { node: '22.0.0' }, data: { images: 'sha256:ef' }, place: 'b' }, wanted),
  ).toEqual([
    'the version of node is 22.0.0, not 20.0.0',
    'the fingerprint of images is sha256:ef, not sha256:ab',
    'the fingerprint of teacher is unset, not sha256:cd',
    'logs are kept in b, not in a',
  ]);
});
