import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format } from 'node:util';
import { describe, expect, test, vi } from 'vitest';

/**
 * Registers one test for each code fence tagged `ts` of a Markdown file: the fence runs as a module beside the file,
 * and what it prints has to be what its comments say.
 *
 *     runReadme(new URL('../README.md', import.meta.url));
 *
 * A comment behind `console.log(...)`, and comment lines right below it, are the lines that it prints. Every fence is a
 * whole program with its own imports.
 */
export function runReadme(file: URL): void {
  const path = fileURLToPath(file);
  const fences = fencesOf(readFileSync(path, 'utf8'));
  describe(`the examples of ${path.split('/').slice(-2).join('/')}`, () => {
    test.each(fences)('line $line runs and prints what it says', async ({ code }) => {
      const printed: string[] = [];
      vi.spyOn(console, 'log').mockImplementation((...values) => {
        printed.push(...format(...values).split('\n'));
      });
      await runModule(dirname(path), code);
      expect(printed.map((line) => line.trimEnd())).toEqual(expectedOutput(code));
    });
  });
}

interface Fence {
  /** Where it starts in the file, counted from 1. */
  readonly line: number;
  readonly code: string;
}

function fencesOf(markdown: string): Fence[] {
  return [...markdown.matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => ({
    line: markdown.slice(0, match.index).split('\n').length,
    code: match[1] as string,
  }));
}

/** The lines that the comments of an example promise. */
export function expectedOutput(code: string): string[] {
  let isPrinting = false; // inside console.log(...), or right below it
  let isOpen = false; // before the end of the statement
  return code.split('\n').flatMap((line) => {
    const comment = /^\s*\/\/ ?(.*)$/.exec(line);
    if (!isOpen && comment) return isPrinting ? [(comment[1] as string).trimEnd()] : [];
    isOpen ||= /\bconsole\.log\(/.test(line);
    isPrinting = isOpen;
    const end = /\);?\s*(?:\/\/ ?(.*))?$/.exec(line);
    if (!isOpen || !end) return [];
    isOpen = false;
    return end[1] === undefined ? [] : [end[1].trimEnd()];
  });
}

/** Runs code as a module in the folder given, so that package names resolve as they do there. */
async function runModule(folder: string, code: string): Promise<void> {
  const temporary = await mkdtemp(join(folder, '.readme-'));
  try {
    const module = join(temporary, 'example.ts');
    await writeFile(module, code);
    await import(/* @vite-ignore */ module);
  } finally {
    await rm(temporary, { recursive: true });
  }
}
