import { existsSync } from 'node:fs';

/** Where Chromium is: `$METADISTILL_CHROMIUM`, else where Debian's package puts it. */
export function findChromium(): string | undefined {
  const path = process.env.METADISTILL_CHROMIUM || '/usr/bin/chromium';
  if (existsSync(path)) return path;
  console.warn(
    `tests in a page do not run here: no Chromium at ${path}. METADISTILL_CHROMIUM names another.`,
  );
  return undefined;
}

/** No window, no GPU, no traffic of its own. */
export const chromiumFlags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
