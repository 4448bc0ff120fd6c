import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeNpy } from '@metadistill/datasets';
import { classificationMetrics } from '@metadistill/losses';
import { expect, test } from 'vitest';
import { chooseBackend } from '../../native/choose-backend.js';
import { smoke } from '../smoke.js';
import { drawnImages, drawnSizes } from './drawn-images.js';
import { checkDrawnSource, drawnFingerprints, drawnSource } from './drawn-source.js';
import { imageFingerprint } from './source-of.js';

test('drawn images are the same at every call, of all classes, and as many as smoke uses', () => {
  const { train, test } = drawnImages();
  expect(Buffer.from(drawnImages().test.examples).equals(Buffer.from(test.examples))).toBe(true);
  expect(new Set(test.labels).size).toBe(10);
  expect(smoke.defaults('published')).toMatchObject(drawnSizes);
  expect([train.labels.length, test.labels.length]).toEqual(Object.values(drawnSizes));
});

test('a teacher is trained on them that needs no file and is worth distilling from', async () => {
  await chooseBackend({ prefer: 'wasm' });
  const { teacherLogits, train } = await drawnSource('');
  const { accuracy } = classificationMetrics({
    logits: teacherLogits.values,
    labels: train.labels,
    classes: train.classes,
  });
  expect(accuracy).toBeGreaterThan(0.9);
});

test('refuses more images than there are, and the file of a teacher that is not there', async () => {
  const config = smoke.defaults('published');
  await expect(checkDrawnSource({ ...config, trainingImages: 6401 })).rejects.toThrow(
    'expected at most 6400',
  );
  await expect(checkDrawnSource({ ...config, teacherLogits: '/nowhere.npy' })).rejects.toThrow(
    "the teacher's file /nowhere.npy cannot be read",
  );
});

test('what a run gives as its data is known before it starts', async () => {
  const config = smoke.defaults('published');
  expect(await drawnFingerprints(config)).toEqual({});
  const file = join(mkdtempSync(join(tmpdir(), 'drawn-')), 'teacher.npy');
  const values = new Float32Array(drawnSizes.trainingImages * 10);
  writeFileSync(file, encodeNpy({ shape: [drawnSizes.trainingImages, 10], values }));
  const { fingerprints } = await drawnSource(file);
  expect(fingerprints).toEqual({ 'teacher logits': expect.stringMatching(/^sha256:[0-9a-f]{64}$/) });
  expect(await drawnFingerprints({ ...config, teacherLogits: file })).toEqual(fingerprints);
  writeFileSync(file, encodeNpy({ shape: [drawnSizes.trainingImages, 10], values: values.fill(1) }));
  expect(await drawnFingerprints({ ...config, teacherLogits: file })).not.toEqual(fingerprints);
});

test('the name of images tells whether they are the published ones', () => {
  const identity = { dataset: 'cifar10', fingerprint: 'sha256:0' };
  expect(imageFingerprint({ ...identity, origin: 'official' })).toEqual({ cifar10: 'sha256:0' });
  expect(imageFingerprint({ ...identity, origin: 'unofficial' })).toEqual({
    'cifar10, unofficial pixels': 'sha256:0',
  });
});
