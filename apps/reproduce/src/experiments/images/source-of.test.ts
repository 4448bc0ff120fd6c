import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { checkTeacherFile } from './source-of.js';

const train = { name: 'tiny training', labels: { length: 2 }, classes: 10 };
const check = (settings: { teacherLogits: string; liveTeacher?: string }) =>
  checkTeacherFile({ liveTeacher: '', trainingImages: 2, testImages: 1, ...settings }, train, () => {
    throw new Error('the images are not needed');
  });

test("a missing file of the authors' logits names the command that fetches it, another one does not", async () => {
  vi.stubEnv('METADISTILL_DATA', join(import.meta.dirname, 'nowhere'));
  try {
    await expect(check({ teacherLogits: 'cifar10-cnn.npy' })).rejects.toThrow(
      /nowhere.teacher-logits.cifar10-cnn.npy cannot be read.* Run `npx -y pnpm@10 reproduce data teacher-logits`/,
    );
    await expect(check({ teacherLogits: 'mine.npy' })).rejects.toThrow(
      /mine.npy cannot be read.* Put the file there, name another one with --teacher-logits FILE/,
    );
    await expect(check({ teacherLogits: 'cifar10-cnn.npy', liveTeacher: 'a.safetensors' })).rejects.toThrow(
      'Put the file there, name another one with --set liveTeacher=FILE',
    );
  } finally {
    vi.unstubAllEnvs();
  }
});
