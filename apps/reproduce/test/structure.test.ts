import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const source = new URL('../src/', import.meta.url);

/** The rooms that a room's files import from, tests aside. */
const importsOf = (room: string): string[] =>
  readdirSync(new URL(room, source), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .flatMap((file) => {
      const text = readFileSync(new URL(`${room}/${file}`, source), 'utf8');
      return [...text.matchAll(/(?:from|import)\s*\(?\s*'\.\.\/([\w-]+)/g)].map(
        ([, other]) => `${room}/${file} imports ${other}`,
      );
    });

test.each(['runs', 'logs'])(
  '%s knows nothing of the paper, its experiments or what is made of logs',
  (room) => {
    const rooms = importsOf(room);
    const forbidden = / (experiments|report|teacher|studies|commands|verify|bench)$/;
    expect(rooms.filter((line) => forbidden.test(line))).toEqual([]);
  },
);

test('logs are the ground floor', () => {
  expect(importsOf('logs')).toEqual([]);
  expect(importsOf('runs').length).toBeGreaterThan(0);
});
