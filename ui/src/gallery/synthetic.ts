import type { ApplyAnswer, CommandName, Commands, GroupView, PlanView, Progress, RowView, RowsRequest, RowsView } from "../contract";
import { RecordedHost } from "../host/recorded";

const GAINS = 60_000;
const LOSES = 40_000;
const PIECE = 200;

const groups: GroupView[] = [
  { group: "gains_access", count: GAINS, tickable: true, ticked: true },
  { group: "loses_access", count: LOSES, tickable: true, ticked: false },
];

function gains(index: number): RowView {
  const subject = `warehouse.table_${String(index)}`;
  return { key: `set:${subject}`, subject, type: "table", words: "new here: may read", chips: [{ permission: "read", change: "gained" }], besides: null, outcome: null, reason: null };
}

function loses(index: number): RowView {
  const subject = `legacy.table_${String(index)}`;
  return { key: `revoke:${subject}`, subject, type: "table", words: "loses write", chips: [{ permission: "write", change: "lost" }], besides: null, outcome: null, reason: null };
}

/** What became of the plan as it is ticked from the start. */
const carriedOut: readonly GroupView[] = groups.slice(0, 1).map((group) => ({ ...group, tickable: false, ticked: false }));

/** Answers a recorded scenario, but for its plan, which has 100,000 rows: more than anybody wants to record. */
export class SyntheticHost extends RecordedHost {
  override async call<C extends CommandName>(
    command: C,
    request: Commands[C]["request"],
    onProgress?: (event: Progress) => void,
  ): Promise<Commands[C]["answer"]> {
    if (command === "plan_rows") return rows(request as RowsRequest) as Commands[C]["answer"];
    if (command === "plan_text") return { text: "", command: "aidb migrate promote", command_note: null } as Commands[C]["answer"];
    const answer = await super.call(command, request, onProgress);
    if (command === "plan_apply") return applied(answer as ApplyAnswer) as Commands[C]["answer"];
    return command === "plan_promote" ? ({ ...(answer as PlanView), groups, notes: [] } as Commands[C]["answer"]) : answer;
  }
}

function applied(answer: ApplyAnswer): ApplyAnswer {
  if (answer.kind !== "ended") return answer;
  const { result } = answer;
  return { ...answer, result: { ...result, plan: { ...result.plan, groups: [...carriedOut] } } };
}

function rows({ group, search, from }: RowsRequest): RowsView {
  const make = group === "loses_access" ? loses : gains;
  const all = Array.from({ length: group === "loses_access" ? LOSES : GAINS }, (_, index) => index);
  const found = search === "" ? all : all.filter((index) => make(index).subject.includes(search));
  return { total: found.length, rows: found.slice(from, from + PIECE).map(make) };
}
