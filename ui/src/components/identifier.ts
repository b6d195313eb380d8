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

/** So many characters of a long id stay at its end, whatever the room: numbered ids differ there. */
const TAIL = 12;
/** A head of fewer characters is no head. */
const SHORT = 4;

/** An id in two: a head that may give way, and a tail that stays. Never half a character; a short id is all head. */
export function ends(id: string): { head: string; tail: string } {
  const characters = [...id];
  const cut = characters.length - TAIL;
  return cut < SHORT ? { head: id, tail: "" } : { head: characters.slice(0, cut).join(""), tail: characters.slice(cut).join("") };
}
