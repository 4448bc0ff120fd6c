import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const folder = new URL('../src/', import.meta.url);

/** Exported functions with the comment before them, and what follows up to an empty line. */
const documented = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
  .flatMap((path) => {
    const source = readFileSync(new URL(path, folder), 'utf8');
    const pattern =
      /(?:\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n)?export (?:async )?(?:function|const) (\w+)((?:(?!\n\n)[\s\S])*)/g;
    return [...source.matchAll(pattern)].map(([, comment = '', name, declaration]) => ({
      name: name as string,
      comment,
      declaration: declaration as string,
    }));
  });
const exported = [...readFileSync(new URL('index.ts', folder), 'utf8').matchAll(/\b([a-z]\w+)\b(?=[ ,}])/g)]
  .map(([, name]) => name as string)
  .filter((name) => !['export', 'type', 'from'].includes(name));

const isExported = ({ name }: { readonly name: string }) => exported.includes(name);
const losses = documented.filter(
  (each) => isExported(each) && /\): (?:Logit|Feature)Loss\b/.test(each.declaration),
);

test('finds the losses of this package', () => {
  expect(losses.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['distillation', 'dkd', 'nkd', 'hint', 'relationalAngle', 'weightedSum']),
  );
  expect(losses.length).toBeGreaterThanOrEqual(18);
});

test.each(losses)(
  '$name says its shapes, who owns its tensors, and where it is from',
  ({ comment, declaration }) => {
    expect(comment).toMatch(/`\[batch, (?:classes|\.\.\.)\]`/);
    expect(comment).toContain('belong to the caller');
    // What combines other losses is from nobody.
    if (!/: LogitLoss<\w+>,|: Terms\b/.test(declaration)) expect(comment).toContain('@see');
  },
);

test('every exported function has a comment', () => {
  const without = documented.filter((each) => isExported(each) && each.comment === '');
  expect(without.map(({ name }) => name)).toEqual([]);
});
