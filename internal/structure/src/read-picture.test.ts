import { expect, test } from 'vitest';
import { reachable, readPicture } from './read-picture.js';

const text = (body: string) =>
  `# A\n\n## B\n\nWords.\n\n\`\`\`mermaid\nflowchart BT\n${body}\n\`\`\`\n\n## C\n`;

test('reads nodes, and arrows with several ends', () => {
  const picture = readPicture(
    text('  a["x/a"]\n  b["x/b"]\n  c["x/c"]\n  d["d"]\n  a --> b & c\n  c --> d'),
    'B',
  );
  expect(picture.nodes.get('b')).toBe('x/b');
  expect(picture.arrows.get('a')).toEqual(['b', 'c']);
  expect([...reachable(picture, 'a')].sort()).toEqual(['b', 'c', 'd']);
});

test.each([
  ['a section without a picture', text('  a["a"]'), 'C', /"## C" has no Mermaid flowchart/],
  [
    'a line that it does not understand',
    text('  a[a]'),
    'B',
    /the line is {3}a\[a\]; expected a node or arrows/,
  ],
  ['an arrow to nowhere', text('  a["a"]\n  a --> b'), 'B', /an arrow touches b; expected a node: a/],
])('refuses %s', (_, markdown, heading, message) => {
  expect(() => readPicture(markdown, heading)).toThrow(message);
});
