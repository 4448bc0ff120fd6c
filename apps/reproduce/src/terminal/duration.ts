/** Seconds that remain at the pace so far; undefined before one percent is done, which start-up would dominate. */
export function secondsLeft(elapsed: number, fractionDone: number): number | undefined {
  return fractionDone >= 0.01 ? (elapsed * (1 - fractionDone)) / fractionDone : undefined;
}

/** `0.4 s`, `42 s`, `3 min 05 s`, `2 h 07 min`. */
export function formatDuration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${pad(whole % 60)} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} min`;
}

const pad = (number: number): string => String(number).padStart(2, '0');
