import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'vite';
import { expect, it, onTestFinished } from 'vitest';
import type { measurePeak } from './peak/measure-peak.js';

// Below the package, where the bundler finds what it imports.
const cache = fileURLToPath(new URL('../node_modules/.cache/', import.meta.url));

it('brings its binaries along in a bundle for browsers, in chunks of their own', async () => {
  mkdirSync(cache, { recursive: true });
  const root = mkdtempSync(join(cache, 'bundle-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const entry = join(root, 'entry.js');
  writeFileSync(
    entry,
    `export { measurePeak } from ${JSON.stringify(join(import.meta.dirname, 'index.ts'))};\n`,
  );
  const built = await build({
    configFile: false,
    root,
    logLevel: 'silent',
    build: { lib: { entry, formats: ['es'], fileName: 'bundle' }, outDir: join(root, 'dist'), minify: false },
  });
  const [{ output }] = built as unknown as [{ output: { fileName: string; code?: string }[] }];
  const withBinary = output.filter(({ code }) => code?.includes('AGFzbQ')); // \0asm, in base64
  expect(withBinary.length).toBe(2);
  expect(output.some(({ code }) => /from ['"]node:/.test(code ?? ''))).toBe(false);

  const bundle: { measurePeak: typeof measurePeak } = await import(
    /* @vite-ignore */ pathToFileURL(join(root, 'dist', 'bundle.js')).href
  );
  let milliseconds = 0;
  const { kernelBuild } = await bundle.measurePeak({ now: () => milliseconds++, kernelBuild: 'simd' });
  expect(kernelBuild).toBe('simd');
});
