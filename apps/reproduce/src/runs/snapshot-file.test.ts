import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serialize } from 'node:v8';
import { beforeEach, expect, test } from 'vitest';
import type { RunSpec } from './experiment.js';
import { readSnapshot, removeFile, snapshotPath, writeSnapshot } from './snapshot-file.js';

const spec: RunSpec = {
  experiment: 'cifar10-small',
  protocol: 'corrected',
  method: 'none',
  run: 0,
  config: { epochs: 50, learningRate: 1 },
  backend: 'auto',
};
const versions = { node: '20.19.0', '@metadistill/trainer': '0.1.0' };
const snapshot = { payload: Uint8Array.of(1, 2, 3), evaluations: 2, logSha256: 'a'.repeat(64), seconds: 7.5 };
let path: string;

beforeEach(() => {
  path = snapshotPath(join(mkdtempSync(join(tmpdir(), 'snapshot-')), 'run-00.jsonl'));
  writeSnapshot(path, spec, versions, snapshot);
});

test('a snapshot reads back as it was written, until it is removed', () => {
  expect(readSnapshot(path, spec, versions)).toEqual(snapshot);
  removeFile(path);
  expect(readSnapshot(path, spec, versions)).toBeUndefined();
});

test('a snapshot of another configuration is refused with what differs', () => {
  const other = { ...spec, config: { epochs: 100, learningRate: 1 } };
  expect(() => readSnapshot(path, other, versions)).toThrow(
    `${path} cannot be resumed: its configuration is another one: epochs is 50, not 100. Delete it, or replace the run with --fresh.`,
  );
});

test('a snapshot of an earlier version is refused', () => {
  writeFileSync(path, serialize({ schema: 2, versions, config: spec.config, ...snapshot }));
  expect(() => readSnapshot(path, spec, versions)).toThrow(
    'it is damaged, or of an earlier version of this program',
  );
});

test('a snapshot of a later version is refused', () => {
  const later = readFileSync(path);
  later.writeUInt32LE(4, later.indexOf('\n') + 1);
  writeFileSync(path, later);
  expect(() => readSnapshot(path, spec, versions)).toThrow("its version is 4, this program's is 3");
});

test('a snapshot at the path of another run is refused', () => {
  expect(() => readSnapshot(path, { ...spec, run: 1 }, versions)).toThrow(
    'it is of another run: its run is 0, not 1. Delete it',
  );
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

test('no snapshot is resumed of which a bit has changed', () => {
  const whole = readFileSync(path);
  for (let bit = 0; bit < 8 * whole.length; bit++) {
    const changed = Buffer.from(whole);
    changed[bit >> 3]! ^= 1 << (bit & 7);
    writeFileSync(path, changed);
    expect(() => readSnapshot(path, spec, versions), `bit ${bit}`).toThrow(`${path} cannot be resumed: it`);
  }
});
