export const colours = ["blue", "amber", "red", "green", "violet", "teal", "grey"] as const;

/** The colours offered for an environment. */
export type Colour = (typeof colours)[number];

/** The token behind a colour; grey for one that this version does not know. */
export function colourToken(colour: string): string {
  return `var(--env-${(colours as readonly string[]).includes(colour) ? colour : "grey"})`;
}
