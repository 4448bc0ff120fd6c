import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format } from 'node:util';
import { describe, expect, test, vi } from 'vitest';

/**
 * Registers one test for each code fence tagged `ts` or `js` of a Markdown file: the fence runs as a module beside the
 * file, and what it prints has to be what its comments say. Every package that it imports has to be named outside, where
 * the file says what to install.
 *
 *     runReadme(new URL('../README.md', import.meta.url));
 *
 * A comment behind `console.log(...)`, and comment lines right below it, are the lines that it prints. Every fence is a
 * whole program with its own imports.
 */
export function runReadme(file: URL): void {
  const path = fileURLToPath(file);
  const markdown = readFileSync(path, 'utf8');
  const fences = fencesOf(markdown);
  describe(`the examples of ${path.split('/').slice(-2).join('/')}`, () => {
    test.each(fences)('line $line runs and prints what it says', async ({ code, language }) => {
      const printed: string[] = [];
      vi.spyOn(console, 'log').mockImplementation((...values) => {
        printed.push(...format(...values).split('\n'));
      });
      await runModule(dirname(path), code, language);
      expect(printed.map((line) => line.trimEnd())).toEqual(expectedOutput(code));
    });

    test('import packages that the text names', () => {
      const text = markdown.replaceAll(fence, '');
      for (const name of fences.flatMap(({ code }) => importedPackages(code))) expect(text).toContain(name);
    });
  });
}

interface Fence {
  /** Where it starts in the file, counted from 1. */
  readonly line: number;
  readonly code: string;
  readonly language: string;
}

const fence = /^```(ts|js)\n(.*?)^```$/gms;

function fencesOf(markdown: string): Fence[] {
  return [...markdown.matchAll(fence)].map((match) => ({
    line: markdown.slice(0, match.index).split('\n').length,
    language: match[1] as string,
    code: match[2] as string,
  }));
}

/** Names as npm has them, without the paths inside. */
const importedPackages = (code: string): string[] =>
  [...code.matchAll(/(?:from|import) '((?:@[\w-]+\/)?[\w-]+)/g)].map((match) => match[1] as string);

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
async function runModule(folder: string, code: string, language: string): Promise<void> {
  const temporary = await mkdtemp(join(folder, '.readme-'));
  try {
    const module = join(temporary, `example.${language}`);
    await writeFile(module, code);
    await import(/* @vite-ignore */ module);
  } finally {
    await rm(temporary, { recursive: true });
  }
}
