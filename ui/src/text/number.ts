const format = new Intl.NumberFormat("en");

/** How every count on the page is written: "1,202". The sentences that come from Rust write theirs the same way. */
export function grouped(amount: number): string {
  return format.format(amount);
}

/** "1 change", "1,202 changes". */
export function counted(amount: number, one: string, many: string): string {
  return `${grouped(amount)} ${amount === 1 ? one : many}`;
}
