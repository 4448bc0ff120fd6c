import { describe, expect, test } from 'vitest';
import { repositoryFiles, textOf } from '../src/repository.js';

const files = new Set(repositoryFiles());
const folders = new Set([...files].flatMap((path) => parentsOf(path)));
const documents = [...files].filter((path) => /^(?!results\/|\.changeset\/).*\.md$/.test(path));

test('finds the documents', () => {
  expect(documents).toEqual(
    expect.arrayContaining(['README.md', 'CONTRIBUTING.md', 'docs/findings.md', 'packages/losses/README.md']),
  );
});

test.each(documents)('the links of %s lead somewhere', (document) => {
  const links = [...proseOf(document).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!);
  const broken = links.filter((link) => {
    if (/^(?:https?|mailto):/.test(link)) return false;
    const { pathname, hash } = new URL(link, `file:///${document}`);
    const target = decodeURIComponent(pathname).slice(1).replace(/\/$/, '');
    if (!files.has(target) && !folders.has(target)) return true;
    return hash !== '' && !anchorsOf(target).includes(hash.slice(1));
  });
  expect(broken).toEqual([]);
});

describe.each(['CONTRIBUTING.md', 'ARCHITECTURE.md'])('%s', (document) => {
  test('names files that exist', () => {
    const paths = [
      ...textOf(document).matchAll(/`((?:packages|internal|apps|docs|scripts)\/[\w./-]+|\.ci\/run)`/g),
    ];
    expect(paths.length).toBeGreaterThan(2);
    const missing = paths.map(([, path]) => path!).filter((path) => !files.has(path) && !folders.has(path));
    expect(missing).toEqual([]);
  });
});

test.each(documents)('the commands of %s exist', (document) => {
  const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
  const own = ['install', 'pack', 'exec'];
  const text = textOf(document);
  const named = [...text.matchAll(/\bpnpm(?:@10)? ((?!--)[a-z][\w:-]*)/g)].map(([, name]) => name!);
  expect(named.filter((name) => !(name in scripts) && !own.includes(name))).toEqual([]);
  const tested = [...text.matchAll(/npx vitest(?: run)? ((?:packages|internal|apps)\/[\w./-]+)/g)];
  const missing = tested.map(([, path]) => path!).filter((path) => !files.has(path) && !folders.has(path));
  expect(missing).toEqual([]);
});

test.each(documents)('a paragraph of %s is one line', (document) => {
  const lines = proseOf(document).split('\n');
  const isProse = (line: string) => /\S/.test(line) && !/^\s*(?:[|#<>]|---)/.test(line);
  const startsAnew = (line: string) => /^\s*(?:[-*]|\d+\.) /.test(line);
  const wrapped = lines.filter(
    (line, i) => i > 0 && isProse(line) && !startsAnew(line) && isProse(lines[i - 1]!),
  );
  expect(wrapped).toEqual([]);
});

/** A document without its fences, whose brackets are code. */
function proseOf(document: string): string {
  return textOf(document).replaceAll(/^```.*?^```$/gms, '');
}

/** The anchors that GitHub gives a document's headings. */
function anchorsOf(document: string): string[] {
  return [...proseOf(document).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function parentsOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}
