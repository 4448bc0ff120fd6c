import { expect, test } from 'vitest';
import { fakeExperiment } from '../../test/fake-experiment.js';
import { fakeLog } from '../../test/fake-log.js';
import { aggregate } from './aggregate.js';
import { formatTables } from './table.js';

const format = (...logs: Parameters<typeof aggregate>[0]) =>
  formatTables(
    aggregate(logs, () => 0),
    { results: 'runs' },
    [{ ...fakeExperiment, name: 'synthetic' }],
  );

const config = fakeExperiment.defaults('published');

test("a table has the paper's numbers beside ours and says where the logs lie", () => {
  expect(
    format(
      fakeLog({ method: 'every-k', config }, { testAccuracy: 0.7 }),
      fakeLog({ method: 'random', config }, { testAccuracy: 0.65 }, 12.34),
      fakeLog({ method: 'random', config, run: 1 }, { testAccuracy: 0.63 }, 12.34),
    ),
  ).toBe(
    [
      '### synthetic, published protocol',
      '',
      '| method  | runs | accuracy |    std |    max | paper | paper max | vs none | s/run |  cost |',
      '| :------ | ---: | -------: | -----: | -----: | ----: | --------: | ------: | ----: | ----: |',
      '| every-k |    1 |   0.7000 |      - | 0.7000 |     - |         - |         |   2.0 | 1.00x |',
      '| random  |    2 |   0.6400 | 0.0100 | 0.6500 |  0.64 |      0.72 |         |  12.3 | 1.00x |',
      '',
      'Logs: runs/synthetic/published/<method>/run-<NN>.jsonl, the last `eval` line of each.',
      '',
    ].join('\n'),
  );
});

test('each experiment and protocol has a table of its own', () => {
  const text = format(
    fakeLog({ config }),
    fakeLog({ config, protocol: 'corrected' }),
    fakeLog({ config, experiment: 'other' }),
  );
  expect(text.match(/^### .*/gm)).toEqual([
    '### other, published protocol',
    '### synthetic, published protocol',
    '### synthetic, corrected protocol',
  ]);
});

test('rows that were not run with the default configuration say so', () => {
  const text = format(
    fakeLog({ method: 'none', config }),
    fakeLog({ method: 'naive', config: { ...config, epochs: 1 } }),
    fakeLog({ method: 'random', config: { ...config, epochs: 1 } }),
  );
  expect(text).toMatch(/^\| none /m);
  expect(text).toMatch(/^\| naive \[1\] /m);
  expect(text).toMatch(/^\| random \[1\] /m);
  expect(text).toContain('\n[1] not the default configuration: epochs is 1, not 3\n');
});

test('a difference to the baseline is printed with its interval, and the mean of the authors beside it', () => {
  const runs = (method: string, testAccuracy: number) =>
    [0, 1, 2, 3, 4].map((run) => fakeLog({ method, run, config }, { testAccuracy }));
  const rows = aggregate([...runs('none', 0.75), ...runs('naive', 0.5)], () => 0, {
    authors: { synthetic: { naive: { accuracies: [0.635, 0.65], files: ['exp8_distil'] } } },
  });
  const text = formatTables(rows, { results: 'runs' }, [{ ...fakeExperiment, name: 'synthetic' }]);
  expect(text).toMatch(/\| +authors \| +vs none \|/);
  expect(text).toMatch(/^\| naive .* 0\.6425 \(2\) \| -0\.2500 \[-0\.2500, -0\.2500\] \|/m);
  expect(text).toMatch(/^\| none .* - \| +\| +2\.0 \|/m);
  expect(text).toContain("\nThe authors' logs: naive exp8_distil.\n");
});

test('rows of the committed reference say so, and those of runs computed here replace them', () => {
  const rows = aggregate([fakeLog({ config }, { testAccuracy: 0.7 })], () => 0, {
    reference: [
      fakeLog({ config }, { testAccuracy: 0.6 }),
      fakeLog({ method: 'none', config }, { testAccuracy: 0.5 }),
      fakeLog({ method: 'none', config, protocol: 'corrected' }, { testAccuracy: 0.4 }),
    ],
  });
  const folders = { results: 'runs', reference: 'results' };
  const [published, corrected] = formatTables(rows, folders, [
    { ...fakeExperiment, name: 'synthetic' },
  ]).split(/(?<=\n)(?=###)/) as [string, string];
  expect(published).toMatch(/ cost \| +from \|$/m);
  expect(published).toMatch(/^\| gradient \| +1 \| +0\.7000 .* here \|$/m);
  expect(published).toMatch(/^\| none +\| +1 \| +0\.5000 .* reference \|$/m);
  expect(published).toContain('\nLogs: runs/synthetic/published/<method>/');
  expect(published).toContain('\nLogs of the committed reference: results/synthetic/published/<method>/');
  expect(corrected).toMatch(/^\| none +\| +1 \| +0\.4000 .* reference \|$/m);
  expect(corrected).not.toContain('Logs: runs');
});
