/** A stretch of an id: as it is, or a character that must be seen to be believed. */
export interface Piece {
  text: string;
  escaped: boolean;
}

// Controls, marks that turn the direction of writing, invisible and unassigned characters, and lone
// surrogates: what could make one id look like another, or move what stands beside it.
const unseen = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\u00A0\u115F\u1160\u3164\uFFA0]/u;

/** The id in pieces, with every unseen character spelled out as ⟨U+202E⟩. */
export function pieces(id: string): Piece[] {
  if (!unseen.test(id)) return id === "" ? [] : [{ text: id, escaped: false }];
  const result: Piece[] = [];
  for (const character of id) {
    const escaped = unseen.test(character);
    const text = escaped ? spell(character) : character;
    const last = result.at(-1);
    if (last && last.escaped === escaped && !escaped) last.text += text;
    else result.push({ text, escaped });
  }
  return result;
}

function spell(character: string): string {
  const point = character.codePointAt(0) ?? 0;
  return `⟨U+${point.toString(16).toUpperCase().padStart(4, "0")}⟩`;
}

/** The id as one line of plain text, for titles and for screen readers. */
export function visible(id: string): string {
  return pieces(id)
    .map((piece) => piece.text)
    .join("");
}

/** Cuts the middle out: both ends of an id tell more than its middle. */
export function shorten(id: string, longest: number): string {
  const characters = [...id];
  if (characters.length <= longest) return id;
  const head = Math.ceil((longest - 1) / 2);
  const tail = Math.floor((longest - 1) / 2);
  return `${characters.slice(0, head).join("")}…${characters.slice(characters.length - tail).join("")}`;
}
