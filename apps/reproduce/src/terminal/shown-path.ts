import { relative, sep } from 'node:path';

/** A path as it is printed: from the folder given if it lies inside, else whole. */
export function shownPath(path: string, folder: string): string {
  const inside = relative(folder, path);
  return inside.split(sep)[0] === '..' ? path : inside || '.';
}
