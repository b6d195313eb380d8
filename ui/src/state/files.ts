import type { ChosenFile, FileTicket, NamedFile } from "../contract";

/** The tickets of files that a person chose, by what stands in a field for each. The files themselves only Rust can reach. */
const tickets = new Map<string, FileTicket>();

/** Takes over a file that was chosen in a dialog, or dropped; answers what stands in a field for it. */
export function takeFile({ ticket, path }: ChosenFile): string {
  tickets.set(path, ticket);
  return path;
}

/** From now on what was typed is named by this ticket. */
export function knowFile(typed: string, ticket: FileTicket): void {
  tickets.set(typed.trim(), ticket);
}

/** Names it as typed again: its ticket may have been let go. */
export function forgetFile(path: string): void {
  tickets.delete(path.trim());
}

/** How a command is told which file is meant. */
export function namedFile(path: string): NamedFile {
  const ticket = tickets.get(path.trim());
  return ticket === undefined ? { kind: "typed", path: path.trim() } : { kind: "chosen", ticket };
}
