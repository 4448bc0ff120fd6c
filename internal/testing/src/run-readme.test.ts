import { expect, test } from 'vitest';
import { expectedOutput, runReadme } from './run-readme.js';

test('expects what stands behind a print and in the comment lines below it', () => {
  const code = [
    '// A remark.',
    'console.log(1 + 1); // 2',
    'const a = f(); // not printed',
    'console.log(table);',
    '// row one',
    '//   row two',
    'console.log(',
    '  // a remark inside',
    '  several,',
    '); // 3 4',
    '',
    '// Another remark.',
  ];
  expect(expectedOutput(code.join('\n'))).toEqual(['2', 'row one', '  row two', '3 4']);
});

runReadme(new URL('../README.md', import.meta.url));
