import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromiumFlags, findChromium } from '@metadistill/testing';
import { type Browser, chromium, type Page } from 'playwright-core';
import { build, preview } from 'vite';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { PageReport } from './train-in-page.js';

const packageFolder = fileURLToPath(new URL('../../', import.meta.url));
const index = join(packageFolder, 'src/index.ts');
const readme = readFileSync(join(packageFolder, 'README.md'), 'utf8');

/** The fences of the README that have this tag. */
const fences = (tag: string) =>
  [...readme.matchAll(new RegExp(`^\`\`\`${tag}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, code]) => code!);

const call = "await selectBackend({ prefer: 'wasm' });";
const example = fences('js').find((code) => code.includes('history'))!;
const [viteRecipe, saveAndLoad] = [fences('js vite')[0]!, fences('js page')[0]!];

const executablePath = findChromium();

describe.skipIf(!executablePath)('a page in Chromium', { timeout: 1_200_000 }, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: executablePath!, args: chromiumFlags, timeout: 0 });
  }, 1_200_000);
  afterAll(() => browser.close());

  it('that Vite builds trains with stock fit, saves, loads, and trains on WebGL', async (context) => {
    const root = temporaryFolder();
    const recipe = viteRecipe.replace('await selectBackend(', 'const choice = await selectBackend(');
    writeFileSync(join(root, 'index.html'), pageOf('<script type="module" src="main.js"></script>'));
    writeFileSync(
      join(root, 'main.js'),
      [
        `import { trainInPage } from ${JSON.stringify(join(import.meta.dirname, 'train-in-page.ts'))};`,
        example.replace(call, recipe),
        saveAndLoad,
        'report(await trainInPage({ selectBackend, wasm: choice, history, model, loaded, images, labels }));',
      ].join('\n'),
    );
    const headers = {
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
    };
    await build({
      configFile: false,
      root,
      logLevel: 'silent',
      resolve: { alias: { '@metadistill/backend': index } },
    });
    const server = await preview({
      configFile: false,
      root,
      logLevel: 'silent',
      preview: { host: '127.0.0.1', port: 0, headers },
    });
    onTestFinished(() => server.close());

    const page = await newPage(browser);
    const report = (await reported(page, server.resolvedUrls!.local[0]!)) as PageReport;
    expect(report.wasm.name).toBe('wasm');
    expect(report.wasm.description).toContain('relaxed-simd');
    // The page is cross-origin isolated.
    expect(report.wasm.threads).toBe(Math.min(16, availableParallelism()));
    expect(report.accuracy).toBe(1);
    expect(report.predicted).toHaveLength(512);
    expect(report.predictedByLoaded).toEqual(report.predicted);

    if (report.webgl.name !== 'webgl') context.skip(`no WebGL: ${report.webgl.reason}`);
    expect(report.lossesOnWebgl.at(-1)).toBeLessThan(report.lossesOnWebgl[0]!);
    for (const { wasm, webgl } of report.gradients) {
      // Sums of up to 800 terms in float32 on both sides, which cancel to a hundredth of what they add.
      const bound = 2e-5 * Math.max(...wasm.map(Math.abs));
      for (const [i, value] of wasm.entries()) expect(Math.abs(webgl[i]! - value)).toBeLessThan(bound);
    }
  });

  it('with an import map trains with stock fit', async () => {
    const root = temporaryFolder();
    await build({
      configFile: false,
      root,
      logLevel: 'silent',
      build: {
        lib: { entry: index, formats: ['es'], fileName: 'index' },
        outDir: root,
        emptyOutDir: false,
        rolldownOptions: { external: /^@tensorflow\// },
      },
    });
    const page = await newPage(browser);
    await page.route('https://cdn.jsdelivr.net/npm/**', async (route) => {
      const [, name, path] = /npm\/(@[^/]+\/[^/@]+)[^/]*\/(.*)/.exec(
        new URL(route.request().url()).pathname,
      )!;
      const file =
        name === '@metadistill/backend'
          ? join(root, path!.replace('dist/', ''))
          : join(packageFolder, 'node_modules', name!, path!);
      const contentType = file.endsWith('.wasm') ? 'application/wasm' : 'text/javascript';
      const headers = { 'Access-Control-Allow-Origin': '*' };
      await route.fulfill({ body: readFileSync(file), contentType, headers });
    });
    const [, imports, recipe] = /^(.*<script type="module">)\n(.*)<\/script>/s.exec(fences('html')[0]!)!;
    const select = recipe!.slice(recipe!.indexOf('const wasmPaths'));
    const chosen = select.replace('await selectBackend(', 'const { reason } = await selectBackend(');
    const report = 'report([...history.acc, tf.getBackend(), reason]);';
    const html = [imports, example.replace(call, chosen), report];
    await page.route('http://localhost/', (route) =>
      route.fulfill({ body: pageOf(`${html.join('\n')}</script>`), contentType: 'text/html' }),
    );
    const told = (await reported(page, 'http://localhost/')) as unknown[];
    expect(told.slice(-3)).toEqual([1, 'wasm', expect.stringContaining('not cross-origin isolated')]);
  });
});

const pageOf = (scripts: string) =>
  `<!doctype html>\n<meta charset="utf-8">\n<link rel="icon" href="data:,">\n${scripts}\n`;

/** Below the package, where the bundler finds what it imports. */
function temporaryFolder(): string {
  const cache = join(packageFolder, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'page-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** A page in a profile of its own, which waits as long as it has to. */
async function newPage(browser: Browser): Promise<Page> {
  const context = await browser.newContext();
  onTestFinished(() => context.close());
  context.setDefaultTimeout(0);
  return context.newPage();
}

/** What a page gives to its `report`, or its first error. */
async function reported(page: Page, url: string): Promise<unknown> {
  const told = new Promise((resolve, reject) => {
    page.on('pageerror', reject);
    page.on('console', (message) => {
      if (message.type() === 'error') reject(new Error(message.text()));
    });
    page.on('requestfailed', (request) => reject(new Error(`${request.url()} does not load`)));
    void page.exposeFunction('report', resolve).then(() => page.goto(url), reject);
  });
  return await told;
}
