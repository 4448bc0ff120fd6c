import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeNpy } from '@metadistill/datasets';
import { afterEach, expect, test, vi } from 'vitest';
import { hasRedis, startRedis } from '../../test/queue/start-redis.js';
import { parseQueueAddress } from '../queue/queue-address.js';
import { checkBackends } from './check-backends.js';
import { checkData } from './check-data.js';
import { checkMachine, checkNode } from './check-machine.js';
import { checkQueue } from './check-queue.js';
import { checkResults } from './check-results.js';
import { renderFindings } from './finding.js';

afterEach(() => {
  vi.unstubAllEnvs();
});

test('a finding is a line, and its advice another one below', () => {
  const text = renderFindings([
    { subject: 'a', status: 'ok', found: 'fine' },
    { subject: 'long', status: 'problem', found: 'broken', advice: 'Mend it.' },
  ]);
  expect(text).toBe('ok       a     fine\nproblem  long  broken\n               -> Mend it.\n');
});

test('says of each backend why it does not load, and which one runs take', async () => {
  const webgpu = { name: 'webgpu', reason: 'no adapter' } as const;
  const tensorflow = {
    name: 'tensorflow',
    reason: 'tfjs-node-gpu is not installed; tfjs-node is not installed',
  } as const;
  const findings = await checkBackends(async ({ prefer = 'auto' }) => {
    if (prefer === 'cpu') throw new Error('selectBackend: no backend loads: disk full');
    const passedOver = {
      auto: [tensorflow],
      webgpu: [webgpu, tensorflow],
      tensorflow: [tensorflow],
      wasm: [],
      webgl: [],
    }[prefer];
    return { name: 'wasm', description: 'simd', onGpu: false, passedOver, reason: 'not read' };
  });
  expect(findings).toMatchObject([
    {
      subject: 'backend tensorflow',
      status: 'note',
      found: 'tfjs-node-gpu is not installed; tfjs-node is not installed',
      advice: expect.stringContaining('pnpm@10 native'),
    },
    {
      subject: 'backend webgpu',
      status: 'note',
      found: 'no adapter',
      advice: expect.stringContaining('pnpm@10 native webgpu'),
    },
    { subject: 'backend wasm', status: 'ok', found: 'wasm (simd)' },
    { subject: 'backend cpu', status: 'problem', found: expect.stringContaining('disk full') },
    { subject: 'runs take', status: 'ok', found: 'wasm (simd)' },
  ]);
});

test('warns if runs would take cpu', async () => {
  const findings = await checkBackends(async () => ({
    name: 'cpu',
    description: 'plain JavaScript',
    onGpu: false,
    passedOver: [{ name: 'wasm', reason: 'no SIMD' }],
    reason: 'not read',
  }));
  expect(findings.at(-1)).toMatchObject({ status: 'note', found: 'cpu (plain JavaScript)' });
  expect(findings[2]).toMatchObject({ subject: 'backend wasm', status: 'note', found: 'no SIMD' });
});

test.each([
  ['20.19.0', 'ok'],
  ['24.1.0', 'ok'],
  ['20.18.3', 'problem'],
  ['18.20.0', 'problem'],
])('Node %s is %s', (version, status) => {
  expect(checkNode(version).status).toBe(status);
});

test('names versions, cores and memory, and does without npm', async () => {
  const findings = await checkMachine(async () => ({ code: null, output: 'ENOENT' }));
  expect(findings.map(({ subject }) => subject)).toEqual(['Node', 'npm', 'packages', 'cores', 'memory']);
  expect(findings[1]).toMatchObject({ status: 'note', found: 'not on the path' });
  expect(findings[2]?.found).toMatch(/backend \d.*tfjs-core 4\./);
});

test('names what a folder without data lacks, and how to get it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'doctor-'));
  vi.stubEnv('METADISTILL_DATA', folder);
  const findings = await checkData();
  expect(findings.find(({ subject }) => subject === 'data cifar10')).toMatchObject({
    status: 'note',
    found: expect.stringContaining('reproduce data cifar10'),
  });
  expect(findings.at(-1)).toMatchObject({ subject: 'teacher logits', status: 'note' });
  mkdirSync(join(folder, 'teacher-logits'));
  const logits = join(folder, 'teacher-logits', 'cifar10-cnn.npy');
  writeFileSync(logits, '');
  expect((await checkData()).at(-1)).toMatchObject({
    status: 'note',
    found: expect.stringContaining(logits),
  });
  writeFileSync(logits, encodeNpy({ shape: [1, 2], values: Float32Array.of(1, 2) }));
  expect((await checkData()).at(-1)).toMatchObject({ status: 'ok', found: 'cifar10-cnn.npy' });
});

test('a results folder may be there or not yet, but not below a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'doctor-'));
  expect(checkResults(folder).status).toBe('ok');
  expect(checkResults(join(folder, 'a', 'b')).status).toBe('ok');
  writeFileSync(join(folder, 'file'), '');
  expect(checkResults(join(folder, 'file', 'results'))).toMatchObject({
    status: 'problem',
    found: expect.stringContaining('file is a file'),
    advice: expect.stringContaining('--results'),
  });
});

test('looks for Redis only if a queue is named', async () => {
  expect(await checkQueue(undefined)).toEqual([
    { subject: 'queue', status: 'ok', found: 'not configured: runs stay on this machine' },
  ]);
  expect(await checkQueue(parseQueueAddress('redis://:secret@127.0.0.1:1'))).toEqual([
    {
      subject: 'queue',
      status: 'problem',
      found: 'the queue at redis://127.0.0.1:1 cannot be used: connect ECONNREFUSED 127.0.0.1:1.',
      advice: expect.stringContaining('Start Redis there'),
    },
  ]);
});

test.skipIf(!hasRedis())('says of a Redis whether it keeps what it is given', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'doctor-'));
  const careful = await startRedis(folder, '--appendonly', 'yes');
  expect(await checkQueue(parseQueueAddress(careful.url))).toEqual([
    { subject: 'queue', status: 'ok', found: expect.stringMatching(`^${careful.url} answers: Redis \\d`) },
  ]);
  const careless = await startRedis(folder, '--maxmemory-policy', 'allkeys-lru');
  expect(await checkQueue(parseQueueAddress(careless.url))).toMatchObject([
    { status: 'ok' },
    { status: 'problem', found: expect.stringContaining('maxmemory-policy is allkeys-lru') },
    { status: 'note', found: expect.stringContaining('appendonly is no') },
  ]);
});
