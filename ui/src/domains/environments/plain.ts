/** Only decides whether the choice is shown before Rust asks for it. */
export function isPlainBeyondHere(url: string): boolean {
  const typed = url.trim().toLowerCase();
  if (!typed.startsWith("http://") || !URL.canParse(typed)) return false;
  const { hostname } = new URL(typed);
  return hostname !== "" && hostname !== "localhost" && hostname !== "[::1]" && !/^127\./.test(hostname);
}
