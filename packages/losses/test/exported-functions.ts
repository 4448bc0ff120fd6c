import { readdirSync, readFileSync } from 'node:fs';

const folder = new URL('../src/', import.meta.url);

/** An exported function of a source file: the comment before it, and what follows its name up to an empty line. */
export interface ExportedFunction {
  readonly name: string;
  readonly comment: string;
  readonly declaration: string;
}

/** The functions that `src/index.ts` exports. */
export function exportedFunctions(): readonly ExportedFunction[] {
  const index = readFileSync(new URL('index.ts', folder), 'utf8');
  const exported = [...index.matchAll(/\b([a-z]\w+)\b(?=[ ,}])/g)]
    .map(([, name]) => name!)
    .filter((name) => !['export', 'type', 'from'].includes(name));
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
    .flatMap((path) => functionsOf(readFileSync(new URL(path, folder), 'utf8')))
    .filter(({ name }) => exported.includes(name));
}

export const isLogitLoss = ({ declaration }: ExportedFunction): boolean =>
  /\): LogitLoss\b/.test(declaration);
export const isFeatureLoss = ({ declaration }: ExportedFunction): boolean =>
  /\): FeatureLoss\b/.test(declaration);

function functionsOf(source: string): ExportedFunction[] {
  const pattern =
    /(?:\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n)?export (?:async )?(?:function|const) (\w+)((?:(?!\n\n)[\s\S])*)/g;
  return [...source.matchAll(pattern)].map(([, comment = '', name, declaration]) => ({
    name: name!,
    comment,
    declaration: declaration!,
  }));
}
