import type { ErrorReport } from "../../contract";
import { toast } from "../../components/announce.svelte";
import { host, toErrorReport } from "../../host/host";
import { historyText } from "../../text/en/history";

/** Writes all of the history where the person says; answers why not, when it could not. */
export async function exportHistory(purpose: "history_csv" | "history_json"): Promise<ErrorReport | null> {
  try {
    const { file } = await host().call("file_destination", { purpose, suggested: historyText.exportName[purpose] });
    if (file === null) return null;
    const written = await host().call("history_export", { file: file.ticket });
    toast(written.message);
    return null;
  } catch (thrown) {
    return toErrorReport(thrown);
  }
}
