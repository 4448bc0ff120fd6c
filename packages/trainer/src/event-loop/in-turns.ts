import { giveTurn } from './give-turn.js';

/** Does work that comes in parts, each in a turn of the event loop of its own. */
export async function inTurns(parts: Iterable<unknown>): Promise<void> {
  for (const _ of parts) await giveTurn();
}
