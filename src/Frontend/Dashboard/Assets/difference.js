// Which words of a text are not in another one.

/** Beyond it texts are not compared: the work grows with the product of both. */
const MaxWords = 1500;

/** Words and signs, each with the space after it: alone, spaces would be what two texts have most in common. */
const split = (text) => text.match(/^\s+|(?:[\p{L}\p{N}_'’-]+|[^\s\p{L}\p{N}])\s*/gu) ?? [];

/**
 * Compares by words, by their longest common subsequence.
 * @returns {{text: string, differs: boolean}[]|null} the pieces of `text`; null where a text is too long.
 */
export function difference(text, other) {
  const [pieces, right] = [split(text), split(other).map((word) => word.trim())];
  const left = pieces.map((word) => word.trim());
  if (left.length > MaxWords || right.length > MaxWords) return null;
  const width = right.length + 1;
  const common = new Uint16Array((left.length + 1) * width);
  for (let row = left.length - 1; row >= 0; row--) {
    for (let column = right.length - 1; column >= 0; column--) {
      common[row * width + column] = left[row] === right[column]
        ? common[(row + 1) * width + column + 1] + 1
        : Math.max(common[(row + 1) * width + column], common[row * width + column + 1]);
    }
  }

  const marked = [];
  const add = (word, differs) => {
    const last = marked.at(-1);
    if (last?.differs === differs) last.text += word;
    else marked.push({ text: word, differs });
  };
  for (let row = 0, column = 0; row < left.length; row++) {
    const target = common[row * width + column];
    while (column < right.length && left[row] !== right[column] && common[row * width + column + 1] === target) column++;
    const same = column < right.length && left[row] === right[column];
    add(pieces[row], !same);
    if (same) column++;
  }
  return marked;
}
