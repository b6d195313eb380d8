let standing = 0;

/** Whether a dialog is open: there is never one on top of another. */
export function dialogStands(): boolean {
  return standing > 0;
}

/** Closes the dialog that stands, if one does, as Escape would: there is never a dialog on a dialog. */
export function closeStanding(): void {
  if (standing > 0) document.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
}

/** Counts a dialog that opened; returns what counts it out again. A second one is a mistake in the page. */
export function stand(title: string): () => void {
  if (standing > 0) throw new Error(`"${title}" would open on top of another dialog.`);
  standing += 1;
  return () => {
    standing -= 1;
  };
}
