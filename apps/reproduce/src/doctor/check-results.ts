import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Finding } from './finding.js';

/** Whether logs can be written into a folder, or it can be made; makes nothing. */
export function checkResults(folder: string): Finding {
  let nearest = folder;
  while (!existsSync(nearest)) nearest = dirname(nearest);
  const finding = { subject: 'results', found: folder };
  if (statSync(nearest).isDirectory() && isWritable(nearest)) return { ...finding, status: 'ok' };
  return {
    ...finding,
    status: 'problem',
    found: `${folder} cannot be written: ${nearest} is ${statSync(nearest).isDirectory() ? 'read-only' : 'a file'}`,
    advice: 'Name another folder by --results.',
  };
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
