import { toast } from "../components/announce.svelte";
import { toErrorReport } from "../host/host";

/** Does something whose failure is told in passing, for want of a place of its own. Never rejects. */
export async function orToast(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (thrown) {
    const { message, hint } = toErrorReport(thrown);
    toast(hint ? `${message} ${hint}` : message, "danger");
  }
}
