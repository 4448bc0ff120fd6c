import { join } from 'node:path';
import { chromiumFlags, findChromium } from '@metadistill/testing';
import { chromium } from 'playwright-core';
import { preview } from 'vite';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { installExamples, run } from '../src/install-examples.js';
import { examples, textOf } from '../src/repository.js';

/** What an example prints, as patterns of lines in their order; `#` is a number between 0 and 1. */
const printed: Readonly<Record<string, readonly string[]>> = {
  'loop-by-hand': [10, 20, 30].map(
    (epoch) => `epoch ${epoch}: validation accuracy #, distillation fraction #, temperature \\d+\\.\\d`,
  ),
  'mobilenet-student': ['teacher: test accuracy #, 85252 weights', 'student: test accuracy #, 1524 weights'],
  'node-fashion-mnist': [
    'teacher: test accuracy #, 225034 weights',
    'student: test accuracy #, 3722 weights',
    'saved student: test accuracy #, 3722 weights',
  ],
  'own-bilevel-problem': [
    'All 21 checks passed.',
    'a penalty of 0.1 for all: test loss #',
    'penalties that were tuned: test loss #',
    'mean penalty of the useful features #, of the others \\d\\.\\d+',
  ],
  'own-data-csv': [
    '333 penguins',
    'validation accuracy after the last epoch: #',
    'test accuracy: teacher #, student #',
  ],
  'saved-keras-teacher': [
    'teacher: test accuracy 0\\.977, 6172 weights',
    'student of the labels alone: test accuracy #, 444 weights',
    'student of labels and teacher: test accuracy #, 444 weights',
  ],
  'text-student': [
    'teacher: test accuracy #, 4466 weights',
    'student: test accuracy #, 554 weights',
    '"the film was not great": \\d+ % praise',
    '"this song is dull but not awful": \\d+ % praise',
  ],
};

const names = Object.keys(printed);
const page = 'browser-vite';

let folder: string;
beforeAll(async () => {
  folder = await installExamples([...names, page]);
}, 600_000);

test('none is left out', () => {
  expect([...names, page].sort()).toEqual([...examples].sort());
});

const patternOf = (name: string) => printed[name]!.join('\n').replaceAll('#', '([01]\\.\\d+)');

test.each(names)('%s has a README that shows what it prints', (name) => {
  const [, shown] = /^```text\n(.*?)^```$/ms.exec(textOf(`examples/${name}/README.md`))!;
  expect(shown).toMatch(new RegExp(`^${patternOf(name)}\n$`));
});

/** The numbers of what an example prints, or its output if that is not what is expected. */
async function numbersOf(name: string, env?: Readonly<Record<string, string>>): Promise<number[]> {
  const output = await run(process.execPath, ['main.js'], { cwd: join(folder, name), ...(env && { env }) });
  const lines = patternOf(name);
  expect(output).toMatch(new RegExp(`(^|\n)${lines}\n$`));
  return [...new RegExp(lines).exec(output)!].slice(1).map(Number);
}

// Networks of TensorFlow.js start at random: each bound is far from what was seen in five runs.
describe('examples for Node', { timeout: 600_000 }, () => {
  test('node-fashion-mnist saves a student that answers the same when it is loaded', async () => {
    const small = { EXAMPLES: '1500', EPOCHS: '2' };
    const [teacher, student, saved] = await numbersOf('node-fashion-mnist', small);
    expect(teacher).toBeGreaterThan(0.3);
    expect(saved).toBe(student);
  });

  test('saved-keras-teacher has a student that the teacher helps', async () => {
    const [alone, distilled] = await numbersOf('saved-keras-teacher');
    expect(distilled).toBeGreaterThan(alone! + 0.05);
  });

  test('own-bilevel-problem passes the checks, and leaves out what does not matter', async () => {
    const [fixed, tuned, useful] = await numbersOf('own-bilevel-problem');
    expect(tuned).toBeLessThan(0.8 * fixed!);
    expect(useful).toBeLessThan(0.1);
  });

  test('loop-by-hand trusts the teacher', async () => {
    const numbers = await numbersOf('loop-by-hand');
    expect(numbers.slice(-2)).toEqual([1, 0.97]);
  });

  test.each(['mobilenet-student', 'own-data-csv', 'text-student'])(
    '%s has a student that has learned',
    async (name) => {
      const numbers = await numbersOf(name);
      expect(numbers.at(-1)).toBeGreaterThan(0.6);
    },
  );
});

const executablePath = findChromium();
/** As many as the page has. */
const epochs = 20;

describe.skipIf(!executablePath)(page, { timeout: 1_200_000 }, () => {
  test('builds, distils while timers run, and stops when it is told to', async () => {
    const root = join(folder, page);
    await run(process.execPath, ['node_modules/vite/bin/vite.js', 'build'], { cwd: root });
    const server = await preview({
      configFile: false,
      root,
      logLevel: 'silent',
      preview: { host: '127.0.0.1', port: 0 },
    });
    onTestFinished(() => server.close());
    const browser = await chromium.launch({
      executablePath: executablePath!,
      args: chromiumFlags,
      timeout: 0,
    });
    onTestFinished(() => browser.close());
    const tab = await browser.newPage();
    tab.setDefaultTimeout(0);
    const errors: string[] = [];
    tab.on('pageerror', ({ message }) => errors.push(message));
    tab.on('console', (message) => void (message.type() === 'error' && errors.push(message.text())));

    await tab.goto(server.resolvedUrls!.local[0]!);
    // How many rows each tick of a timer finds.
    await tab.evaluate(() => {
      const rows = document.getElementById('epochs')!.children;
      const found: number[] = [];
      Object.assign(window, { found });
      setInterval(() => found.push(rows.length), 1);
    });
    await tab.click('#start:enabled');
    await tab.getByText(/^Done/).waitFor();
    const cells = await tab.locator('#epochs td').allTextContents();
    expect(cells).toHaveLength(3 * epochs);
    // Better than one arm for all; what distil reaches is tested where distil is.
    expect(Number(cells.at(-1))).toBeGreaterThan(0.45);
    const found = await tab.evaluate(() => (window as unknown as { found: number[] }).found);
    expect(new Set(found).size).toBeGreaterThan(epochs / 2);
    const colors = await tab.evaluate(() => {
      const canvas = document.getElementById('map') as HTMLCanvasElement;
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      return new Set(new Uint32Array(data.buffer)).size;
    });
    expect(colors).toBeGreaterThan(10);

    await tab.click('#start:enabled');
    await tab.locator('#epochs tr').first().waitFor();
    await tab.click('#stop:enabled');
    await tab.getByText('Stopped.').waitFor();
    expect(await tab.locator('#epochs tr').count()).toBeLessThan(epochs);
    expect(errors).toEqual([]);
  });
});
