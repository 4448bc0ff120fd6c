/** What the doctor saw of one thing. */
export interface Finding {
  readonly subject: string;
  /** `problem`: no run works. `note`: some run would be slower, or needs it first. */
  readonly status: 'ok' | 'note' | 'problem';
  readonly found: string;
  /** What to do about it, if there is something to do. */
  readonly advice?: string;
}

/** Findings as text: a line each, and the advice below it. */
export function renderFindings(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ subject }) => subject.length));
  return findings
    .map(({ subject, status, found, advice }) => {
      const line = `${status.padEnd('problem'.length)}  ${subject.padEnd(width)}  ${found}`;
      return advice === undefined ? `${line}\n` : `${line}\n${' '.repeat(11 + width)}-> ${advice}\n`;
    })
    .join('');
}
