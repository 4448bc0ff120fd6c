const subjects = ['the film', 'the book', 'this song', 'her new play', 'the story', 'that show'];
const verbs = ['is', 'was', 'seems', 'felt'];
const good = ['great', 'lovely', 'brilliant', 'moving', 'funny', 'charming'];
const bad = ['dull', 'awful', 'boring', 'flat', 'clumsy', 'tedious'];

/** Draws a sentence, and whether it praises: "not" turns a word round, and what follows "but" decides. */
function drawSentence(pick) {
  const opinion = (praises) => {
    const isTurned = pick([true, false]);
    return `${isTurned ? 'not ' : ''}${pick(praises === isTurned ? bad : good)}`;
  };
  const praises = pick([true, false]);
  const concession = pick([true, false]) ? `${opinion(!praises)} but ` : '';
  return {
    text: `${pick(subjects)} ${pick(verbs)} ${concession}${opinion(praises)}`,
    label: Number(praises),
  };
}

/** @param uniform a number in [0, 1) per call */
export const drawSentences = ({ count, uniform }) =>
  Array.from({ length: count }, () =>
    drawSentence((choices) => choices[Math.floor(uniform() * choices.length)]),
  );
