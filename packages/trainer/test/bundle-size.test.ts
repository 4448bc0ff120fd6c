import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { expect, it, onTestFinished } from 'vitest';

// Below the package, where the bundler finds what it imports.
const cache = fileURLToPath(new URL('../node_modules/.cache/', import.meta.url));

const page = `
import { dense, model, relu } from '@metadistill/models';
import { distil } from '@metadistill/trainer';

const layers = [dense({ inputs: 4, outputs: 8 }), relu(), dense({ inputs: 8, outputs: 2 })];
const student = model({ name: 'student', inputShape: [4], classes: 2, layers });
globalThis.start = (options) => distil({ student, ...options });
`;

/** A file that the bundler writes. */
interface Chunk {
  readonly fileName: string;
  readonly code: string;
  readonly isEntry: boolean;
  /** The files that it loads at once. */
  readonly imports: readonly string[];
  readonly moduleIds: readonly string[];
}

/** Minified bytes of what a script loads at once, without TensorFlow.js, the npm packages in it that are not ours, and its modules. */
async function bundle(script: string) {
  mkdirSync(cache, { recursive: true });
  const root = mkdtempSync(join(cache, 'bundle-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const input = join(root, 'entry.js');
  writeFileSync(input, script);
  const built = await build({
    configFile: false,
    root,
    logLevel: 'silent',
    resolve: { conditions: ['@metadistill/source', 'module', 'browser'] },
    build: { write: false, modulePreload: false, rollupOptions: { input, external: [/^@tensorflow\//] } },
  });
  const { output } = built as unknown as { output: readonly Chunk[] };
  const loaded = loadedBy(
    output.filter(({ isEntry }) => isEntry),
    output,
  );
  const modules = loaded.flatMap(({ moduleIds }) => moduleIds).filter((id) => id !== input);
  const names = modules.flatMap((id) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(id)?.[1] ?? []);
  return {
    bytes: loaded.reduce((sum, { code }) => sum + Buffer.byteLength(code), 0),
    modules,
    packages: [...new Set(names)].sort(),
  };
}

/** These files and all that they load at once. What `import()` names is loaded when it is asked for. */
function loadedBy(chunks: readonly Chunk[], output: readonly Chunk[]): readonly Chunk[] {
  const more = output.filter(
    (chunk) => !chunks.includes(chunk) && chunks.some(({ imports }) => imports.includes(chunk.fileName)),
  );
  return more.length === 0 ? chunks : loadedBy([...chunks, ...more], output);
}

it('a page that distils one model is small and brings along only what it uses', async () => {
  const { bytes, modules, packages } = await bundle(page);
  expect(modules.filter((id) => id.includes('/models/src/layers-model/'))).toEqual([]);
  expect(packages).toEqual(['fastest-levenshtein', 'pure-rand']);
  // 118 kB when this was written, 9 of them the defaults for several teachers, which `distil` looks for at run time, 16 its checks
  // and the forms that teachers may have, and 8 callbacks, metrics and the rules of `tf.train`. What reads arrays and tf.data, and what adapts a tf.LayersModel, is loaded when
  // there is one, and 3 what is checked of numbers, weights and masked classes. Look for what came along unused before raising it.
  expect(bytes).toBeLessThan(122_500);
});
