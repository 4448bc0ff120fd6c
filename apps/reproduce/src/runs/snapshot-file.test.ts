import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { beforeEach, expect, test } from 'vitest';
import type { RunSpec } from './experiment.js';
import { readSnapshot, removeSnapshot, snapshotPath, writeSnapshot } from './snapshot-file.js';

const spec: RunSpec = {
  experiment: 'cifar10-small',
  protocol: 'corrected',
  method: 'none',
  run: 0,
  config: { epochs: 50, learningRate: 1 },
  backend: 'auto',
};
const versions = { node: '20.19.0', '@metadistill/trainer': '0.1.0' };
const snapshot = { payload: Uint8Array.of(1, 2, 3), evaluations: 2, seconds: 7.5 };
let path: string;

beforeEach(() => {
  path = snapshotPath(join(mkdtempSync(join(tmpdir(), 'snapshot-')), 'run-00.jsonl'));
  writeSnapshot(path, spec, versions, snapshot);
});

test('a snapshot reads back as it was written, until it is removed', () => {
  expect(readSnapshot(path, spec, versions)).toEqual(snapshot);
  removeSnapshot(path);
  expect(readSnapshot(path, spec, versions)).toBeUndefined();
});

test('a snapshot of another configuration is refused with what differs', () => {
  const other = { ...spec, config: { epochs: 100, learningRate: 1 } };
  expect(() => readSnapshot(path, other, versions)).toThrow(
    `${path} cannot be resumed: its configuration is another one: epochs is 50, not 100. Delete it, or replace the run with --fresh.`,
  );
});

test('a snapshot of another version is refused', () => {
  writeFileSync(path, serialize({ ...deserialize(readFileSync(path)), schema: 0 }));
  expect(() => readSnapshot(path, spec, versions)).toThrow("its version is 0, this program's is 2");
});

test('a snapshot that other packages or another Node computed is refused with what differs', () => {
  expect(() => readSnapshot(path, spec, { ...versions, node: '22.0.0' })).toThrow(
    'it was computed by other versions: node is 20.19.0, not 22.0.0. Delete it',
  );
});

test('a damaged snapshot is refused', () => {
  const whole = readFileSync(path);
  for (let length = 0; length < whole.length; length++) {
    writeFileSync(path, whole.subarray(0, length));
    expect(() => readSnapshot(path, spec, versions), `${length} bytes`).toThrow('cannot be resumed: it');
  }
});
