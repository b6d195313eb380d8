// Generated from src-tauri by `cargo xtask gen`. Do not edit: change the Rust side and generate again.

/** The closed list of error codes. */
export type ErrorCode =
  | "usage"
  | "confirmation_required"
  | "declined"
  | "config_invalid"
  | "file_not_found"
  | "file_unreadable"
  | "file_exists"
  | "file_unwritable"
  | "api_key_missing"
  | "url_invalid"
  | "plain_http_refused"
  | "ca_file_invalid"
  | "connection_refused"
  | "host_unknown"
  | "tls_failed"
  | "connection_lost"
  | "timeout"
  | "not_a_connector"
  | "redirected"
  | "unauthorized"
  | "forbidden"
  | "agent_not_found"
  | "id_not_addressable"
  | "rate_limited"
  | "request_refused"
  | "server_error"
  | "bad_answer"
  | "target_changed"
  | "plan_unusable"
  | "put_back"
  | "needs_attention"
  | "verification_failed"
  | "server_emptied"
  | "interrupted"
  | "agent_busy"
  | "unsettled"
  | "store_unusable"
  | "store_newer"
  | "store_busy"
  | "environment_not_found"
  | "environment_exists"
  | "backup_not_found"
  | "entry_not_found"
  | "backup_damaged"
  | "keychain_absent"
  | "keychain_silent"
  | "keychain_locked"
  | "key_prompt"
  | "keychain_failed"
  | "clipboard_failed"
  | "sandbox_failed"
  | "internal"
;

/**
 * An accepted difference.
 */
export type AcceptedView = { id: string, reason: string, 
/**
 * When it ends, RFC 3339.
 */
until: string, by: string, };

/**
 * An agent read from its environment, checked as its file would be.
 */
export type AgentCheck = { findings: Array<FindingView>, 
/**
 * Number of errors; they block.
 */
errors: number, warnings: number, configuration: ConfigurationSummary | null, 
/**
 * Notes on what was left behind or unreadable, a sentence each.
 */
notes: Array<string>, };

/**
 * `agent_check`: what an environment's agent looks like before it is promoted: exported and validated.
 */
export type AgentChoice = { environment: string, agent: string, };

/**
 * `agent_export`: write an agent's configuration to a file.
 */
export type AgentExport = { environment: string, agent: string, 
/**
 * Destination, as `file_destination` answered.
 */
file: FileTicket, };

/**
 * `agent_key_copy`: put a made key on the clipboard.
 */
export type AgentKeyCopy = { environment: string, agent: string, };

/**
 * A key that was made for an agent. Never the key.
 */
export type AgentKeyView = { 
/**
 * The environment's id, to copy it by.
 */
environment: string | null, agent: string, kept: string, };

/**
 * `agent_list`: the agents of one environment.
 */
export type AgentListRequest = { id: string, 
/**
 * Whether a person asks for it: then the keychain may ask for the key's password.
 */
ask?: boolean, };

/**
 * Progress of one agent of several.
 */
export type AgentProgress = { agent: string, 
/**
 * Whether it ended, and how.
 */
state: AgentProgressState, 
/**
 * Number of agents that have ended.
 */
done: number, 
/**
 * Out of how many.
 */
of: number, };

export type AgentProgressState = "begun" | "done" | "not_done";

/**
 * An agent in one environment.
 */
export type AgentStageView = { 
/**
 * Id of the environment.
 */
environment: string, 
/**
 * Id of the agent there.
 */
agent: string, present: boolean, 
/**
 * Why it could not be read.
 */
error: ErrorReport | null, };

/**
 * `agent_stages`: one agent item by item.
 */
export type AgentStagesView = { 
/**
 * In stage order.
 */
stages: Array<AgentStageView>, items: Array<StagedItemView>, };

/**
 * What is ticked in the plan of an agent.
 */
export type AgentTicks = { agent: string, ticks: Ticks, };

/**
 * The agents of one environment.
 */
export type AgentsView = { agents: Array<string>, 
/**
 * When the server said so, RFC 3339.
 */
at: string, 
/**
 * That the server has no agent at all any more, and had some before.
 */
lost: LostView | null, 
/**
 * Difference to what the server had when the window was closed; `None` where nobody had looked.
 */
away: AwayView | null, };

/**
 * Answer to an apply.
 */
export type ApplyAnswer = { "kind": "ended", result: ApplyView, } | { "kind": "moved", 
/**
 * What happened, what it means, what to do.
 */
error: ErrorReport, 
/**
 * Drift, a sentence each, and how much more.
 */
moved: Array<string>, 
/**
 * The plan as it would be now.
 */
now: PlanView, };

/**
 * End of an apply, in one word.
 */
export type ApplyOutcome = "done" | "put_back" | "needs_attention";

/**
 * `plan_apply`: carry it out.
 */
export type ApplyRequest = { plan: PlanTicket, ticks: Ticks, 
/**
 * Text that was typed where the environment is protected.
 */
typed_name: string | null, 
/**
 * Whether the person agreed to the agent being deleted, asked for separately.
 */
agree_deletion: boolean, 
/**
 * Reason, for the history.
 */
reason: string | null, };

/**
 * An apply that came to an end.
 */
export type ApplyView = { outcome: ApplyOutcome, sentence: string, 
/**
 * Reason it did not come through.
 */
cause: ErrorReport | null, 
/**
 * Whether the person stopped it.
 */
cancelled: boolean, 
/**
 * Number of changes that were made and verified.
 */
applied: number, put_back: number, 
/**
 * Number left to look at.
 */
left: number, 
/**
 * The plan as it was applied, as the history shows it: each row with what became of it.
 */
plan: PlanView, 
/**
 * Time it took, in milliseconds.
 */
duration_ms: number, 
/**
 * The record in the history.
 */
operation: string, 
/**
 * The backup from before it; `None` when there was nothing to do.
 */
backup: string | null, 
/**
 * Key that was made for the agent.
 */
agent_key: AgentKeyView | null, 
/**
 * Reason the history does not know how it ended, where it could not be written.
 */
unrecorded: ErrorReport | null, 
/**
 * The id of the environment that is the next stage, for "Promote on to …".
 */
next_stage: string | null, };

/**
 * Events in an environment while the window was closed.
 */
export type AwayView = { 
/**
 * When aidb looked last before, RFC 3339.
 */
since: string, came: Array<string>, 
/**
 * Agents that are gone.
 */
gone: Array<string>, };

/**
 * `backup_now`: what is different between a backup and its agent now.
 */
export type BackupChoice = { id: string, };

/**
 * `backup_export`: as a configuration file.
 */
export type BackupExport = { id: string, 
/**
 * Destination, as `file_destination` answered.
 */
file: FileTicket, };

export type BackupNow = { 
/**
 * Number of changes restoring would make.
 */
changes: number, 
/**
 * Number of differences the server cannot change.
 */
unchangeable: number, sentence: string, };

/**
 * `backup_take`: a backup on request.
 */
export type BackupTake = { environment: string, agent: string, note: string | null, };

/**
 * `backup_update`: its name, note and pin.
 */
export type BackupUpdate = { id: string, 
/**
 * The name; empty: none.
 */
name: string, 
/**
 * The note; empty: none.
 */
note: string, 
/**
 * Whether retention leaves it.
 */
pinned: boolean, };

export type BackupView = { id: string, 
/**
 * Title of its row in the history, where it has one of its own.
 */
title: string, 
/**
 * A name that somebody gave it.
 */
name: string | null, note: string | null, 
/**
 * Whether retention leaves it.
 */
pinned: boolean, 
/**
 * When it was taken, RFC 3339.
 */
taken_at: string, server: HistoryServer, agent: string, 
/**
 * Number of resource permissions; `None`: the agent did not exist.
 */
resources: number | null, 
/**
 * Reason it cannot be used: its content does not match its hash.
 */
damage: ErrorReport | null, };

/**
 * Result of checking every backup.
 */
export type BackupsChecked = { checked: number, 
/**
 * Backups whose content does not match their hash.
 */
damaged: Array<BackupView>, sentence: string, };

/**
 * Counts of the plan of one agent.
 */
export type BatchAgentView = { agent: string, 
/**
 * It is new there.
 */
registers: boolean, 
/**
 * It is deleted.
 */
deletes: boolean, 
/**
 * Number of items that give, or change something.
 */
gains: number, losses: number, 
/**
 * Number of items that are ticked until a person says otherwise.
 */
ticked: number, 
/**
 * Number of losses among them.
 */
ticked_losses: number, 
/**
 * Number of differences that the server cannot change.
 */
cannot_change: number, };

/**
 * `batch_apply`: carry it out. What is not said otherwise of an agent is ticked as in its plan: no loss.
 */
export type BatchApply = { batch: PlanTicket, 
/**
 * Ticks of the plans that a person looked at.
 */
ticks: Array<AgentTicks>, 
/**
 * Agents that stay as they are.
 */
left_out: Array<string>, 
/**
 * Text that was typed where the environment is protected.
 */
typed_name: string | null, 
/**
 * Whether the person agreed to agents being deleted, asked for separately.
 */
agree_deletion: boolean, 
/**
 * Reason, for the history.
 */
reason: string | null, 
/**
 * The agent that goes first, alone.
 */
first: string | null, 
/**
 * Number of failures of one kind in a row after which no further agent begins.
 */
stop_after: number, };

/**
 * `batch_leave`: nobody goes on with it.
 */
export type BatchChoice = { 
/**
 * Id of the batch.
 */
id: string, };

/**
 * End of a batch.
 */
export type BatchEndView = { 
/**
 * Id of the batch.
 */
id: string, agents: Array<BatchedView>, 
/**
 * Why some were not begun, in one sentence.
 */
stopped: string | null, };

/**
 * A batch that a dead process left.
 */
export type BatchLeft = { id: string, 
/**
 * What it did, in words.
 */
words: string, done: number, of: number, };

/**
 * `batch_open`: the plan of one agent.
 */
export type BatchOpen = { batch: PlanTicket, agent: string, };

/**
 * `batch_plan`: what is to be done to several agents.
 */
export type BatchPlan = { "kind": "promote", from: string, to: string, agents: Array<string>, } | { "kind": "undo", 
/**
 * Id of the batch.
 */
batch: string, } | { "kind": "rest", 
/**
 * Id of the batch.
 */
batch: string, };

/**
 * The plans of a batch, agent by agent.
 */
export type BatchPlanView = { batch: PlanTicket, 
/**
 * Whether what is ticked can be changed: a batch that is gone on with was agreed to.
 */
choosable: boolean, 
/**
 * Source, in words.
 */
source: string, target: PlanTarget, agents: Array<BatchAgentView>, };

/**
 * `batch_stop`: begin no further agent.
 */
export type BatchStopRequest = { batch: PlanTicket, 
/**
 * Whether those that are under way are put back.
 */
put_back: boolean, };

export type BatchedState = "done" | "put_back" | "needs_attention" | "refused" | "open" | "not_started";

/**
 * How an agent of a batch stands.
 */
export type BatchedView = { agent: string, state: BatchedState, 
/**
 * In one sentence; `null` where it is done or was not begun.
 */
why: string | null, 
/**
 * The record in the history.
 */
operation: string | null, };

/**
 * Certificates of an environment's server, besides the system's.
 */
export type CaChoice = { "kind": "none" } | { "kind": "kept" } | { "kind": "file", file: NamedFile, };

/**
 * How an agent stands beside the stage right before.
 */
export type CellView = { "state": "first" } | { "state": "same", 
/**
 * Number of items that differ on purpose.
 */
accepted: number, } | { "state": "differs", 
/**
 * Number of items that do, beyond those that were accepted.
 */
differences: number, 
/**
 * Number of items that differ on purpose.
 */
accepted: number, } | { "state": "missing" } | { "state": "unknown", code: ErrorCode, message: string, };

/**
 * Result of one check.
 */
export type CheckState = "works" | "fails" | "limited" | "skipped";

/**
 * One line of a connection test.
 */
export type CheckView = { what: string, state: CheckState, 
/**
 * Reason it is limited.
 */
reason: string | null, 
/**
 * Reason it failed, and what to do.
 */
error: ErrorReport | null, };

/**
 * Change of a permission.
 */
export type ChipChange = "kept" | "gained" | "lost";

/**
 * One permission of a row.
 */
export type ChipView = { permission: string, 
/**
 * Kept, gained or lost.
 */
change: ChipChange, };

/**
 * A file that a person chose.
 */
export type ChosenFile = { 
/**
 * Ticket for the page.
 */
ticket: FileTicket, 
/**
 * The path, to be shown.
 */
path: string, };

/**
 * The person wants to close the window while something runs.
 */
export type CloseAsked = { 
/**
 * Applies under way, in words.
 */
running: Array<string>, };

/**
 * The colour that tells environments apart at a glance.
 */
export type Colour = "blue" | "amber" | "red" | "green" | "violet" | "teal" | "grey";

/**
 * `compare`: what would make the right like the left. Answers a [`super::PlanView`] of kind `comparison`.
 */
export type CompareRequest = { left: SideChoice, right: SideChoice, };

/**
 * Both sides as configuration files would say them.
 */
export type CompareTexts = { 
/**
 * Name of the left side, in words.
 */
left_name: string, left: string, 
/**
 * Name of the right side, in words.
 */
right_name: string, right: string, };

/**
 * Content of a configuration, in short.
 */
export type ConfigurationSummary = { agent_id: string, name: string, type: string | null, 
/**
 * The database's connection name.
 */
connection_name: string | null, 
/**
 * Number of resource permissions.
 */
resources: number, 
/**
 * When it was exported.
 */
exported_at: string | null, source_url: string | null, environment: string | null, };

/**
 * A connection test, line by line.
 */
export type ConnectionView = { 
/**
 * The lines, in the order in which one depends on the other.
 */
checks: Array<CheckView>, };

/**
 * The last contact with an environment's server.
 */
export type ContactView = { state: Reachability, at: string, 
/**
 * One sentence: "8 agents", or why not.
 */
message: string, hint: string | null, };

/**
 * Content of the clipboard.
 */
export type CopiedView = { 
/**
 * After how many seconds it is taken off again.
 */
cleared_after: number, };

/**
 * Facts about the database.
 */
export type DatabaseView = { 
/**
 * Name of the connection.
 */
connection_name: string | null, database_type: string | null, 
/**
 * Whether this plan links it.
 */
linked_by_plan: boolean, 
/**
 * Whether the target has one linked already.
 */
linked_there: boolean, 
/**
 * Whether a connection string is remembered for this environment and connection name.
 */
remembered: boolean, };

/**
 * `difference_accept`.
 */
export type DifferenceAccept = { 
/**
 * Agent that differs from the stage before.
 */
agent: PairMemberView, items: Array<ShownDifference>, reason: string, 
/**
 * When it ends, RFC 3339.
 */
until: string, };

/**
 * `difference_withdraw`.
 */
export type DifferenceWithdraw = { 
/**
 * Id of the accepted difference.
 */
id: string, };

/**
 * A half-filled wizard, so that a restart loses nothing. It has no field that a secret could be in.
 */
export type Draft = { source: DraftSource, 
/**
 * The target environment's id.
 */
to: string | null, mode: PlanMode, 
/**
 * The step it stands at: `from`, `check`, `to`, `plan`.
 */
step: DraftStep, 
/**
 * Ticks of the plan.
 */
ticks: Ticks, 
/**
 * Reason, for the history.
 */
reason: string, };

/**
 * `draft_save`: keep the wizard, or forget it.
 */
export type DraftSave = { 
/**
 * `None`: forget it. Left out, it is a mistake, and nothing is forgotten.
 */
draft: Draft | null, };

/**
 * Source of a wizard's draft.
 */
export type DraftSource = { "kind": "environment", environment: string | null, agent: string | null, } | { "kind": "file", 
/**
 * The path, as far as it was typed.
 */
path: string, } | { "kind": "restore", from: RestoreSource, };

/**
 * A step of the wizard at which a person can stop.
 */
export type DraftStep = "from" | "check" | "to" | "plan";

export type EntryChoice = { 
/**
 * The id: an operation's, or a backup's.
 */
id: string, };

export type EntryDetail = { entry: EntryView, 
/**
 * The plan as it was applied, each row with its outcome.
 */
plan: PlanView | null, 
/**
 * Reason it did not come through.
 */
cause: ErrorReport | null, 
/**
 * Whether a key was made for its agent, of which `entry_key` says more.
 */
made_key: boolean, 
/**
 * The backup from before it, or itself.
 */
backup: BackupView | null, 
/**
 * A dot for every change of this agent, oldest first, at most 200.
 */
timeline: Array<TimelineDot>, };

/**
 * Whether the key that an operation made for its agent can still be copied. Never the key.
 */
export type EntryKey = { "state": "kept", 
/**
 * The environment's id, to copy it by.
 */
environment: string, agent: string, } | { "state": "gone", sentence: string, };

/**
 * Kind of an entry: that of its operation, or what else there is.
 */
export type EntryKind = "export" | "import" | "promotion" | "rollback" | "recovery" | "backup" | "profile";

/**
 * End of an entry.
 */
export type EntryOutcome = "done" | "put_back" | "needs_attention" | "failed" | "refused" | "stopped" | "running" | "unfinished";

/**
 * One row of the history.
 */
export type EntryView = { id: string, kind: EntryKind, outcome: EntryOutcome, 
/**
 * "Promoted my-agent from Staging".
 */
title: string, 
/**
 * "4 changes to my-agent were made and verified."
 */
summary: string, 
/**
 * The agent; `None` for a change of an environment.
 */
agent: string | null, 
/**
 * Source: an environment's name, a file's name, the id of the backup that it leads back to.
 */
source: string | null, 
/**
 * Number of items of its plan that give access; `None` where that was not noted.
 */
gains: number | null, 
/**
 * Number that take something away.
 */
losses: number | null, server: HistoryServer, 
/**
 * By which account; `None` for a backup.
 */
actor: string | null, 
/**
 * Reason, in the person's words; a backup's note.
 */
note: string | null, 
/**
 * When it began, RFC 3339.
 */
at: string, 
/**
 * Time it took, in milliseconds.
 */
duration_ms: number | null, 
/**
 * The backup that it has or is.
 */
backup: string | null, 
/**
 * Whether that backup is pinned.
 */
pinned: boolean, 
/**
 * The other entry of the same matter: the recovery of what was interrupted, or what a recovery ended.
 */
other: OtherEntry | null, };

export type EnvironmentChoice = { id: string, };

/**
 * Form of an environment, as typed.
 */
export type EnvironmentForm = { name: string, url: string, 
/**
 * The colour; `None`: the next one in the usual row.
 */
colour: Colour | null, 
/**
 * Whether writing to it has to be agreed to.
 */
protected: boolean, 
/**
 * The agent that is meant when none is named.
 */
default_agent: string | null, 
/**
 * A CA to trust besides the system's.
 */
ca_file: CaChoice, 
/**
 * Whether the key may be sent unencrypted beyond this machine.
 */
plain_http: boolean, 
/**
 * When the keychain asks for a password before it hands out the key.
 */
key_prompt: KeyPrompt, 
/**
 * Retention: keep at least so many backups.
 */
keep_backups: number, 
/**
 * Retention: and those of so many days.
 */
keep_days: number, };

/**
 * `environment_order`: the stage order.
 */
export type EnvironmentOrder = { 
/**
 * Every id, first stage first.
 */
ids: Array<string>, };

/**
 * `environment_save`: add, or change an existing one.
 */
export type EnvironmentSave = { 
/**
 * Id; `None`: a new one.
 */
id: string | null, form: EnvironmentForm, 
/**
 * A key to store with it. Goes in once and never comes back.
 */
key: string | null, };

/**
 * `environment_test`: test what is stored, or what was typed and is not saved yet.
 */
export type EnvironmentTest = { 
/**
 * Whose stored key is used where none is given. It is only sent to its own URL.
 */
id: string | null, 
/**
 * Form as typed; `None`: the profile as it is stored.
 */
form: EnvironmentForm | null, 
/**
 * A key that was typed.
 */
key: string | null, };

/**
 * One environment, as the page shows it. Never holds a key.
 */
export type EnvironmentView = { id: string, name: string, url: string, colour: Colour, 
/**
 * Whether writing to it has to be agreed to by typing its name.
 */
protected: boolean, 
/**
 * The agent that is meant when none is named.
 */
default_agent: string | null, 
/**
 * A CA to trust besides the system's.
 */
ca_file: string | null, 
/**
 * Whether the key may be sent unencrypted beyond this machine.
 */
plain_http: boolean, 
/**
 * When the keychain asks for a password before it hands out the key.
 */
key_prompt: KeyPrompt, 
/**
 * Retention: keep at least so many backups.
 */
keep_backups: number, 
/**
 * Retention: and those of so many days.
 */
keep_days: number, 
/**
 * State of its key.
 */
key: KeyView, 
/**
 * Result of the last contact; `None` before the first.
 */
contact: ContactView | null, 
/**
 * Whether it is one of the sandbox's sample environments.
 */
sandbox: boolean, };

/**
 * An error that a person can read, and that the page decides by its code.
 */
export type ErrorReport = { code: ErrorCode, 
/**
 * One sentence: what happened, what it means for the data.
 */
message: string, hint: string | null, 
/**
 * One line each, folded away by default.
 */
details: Array<string>, };

/**
 * `file_excerpt`: the text around a finding.
 */
export type ExcerptRequest = { 
/**
 * The file, which has been checked.
 */
file: FileTicket, 
/**
 * The line to show, from 1.
 */
line: number, };

/**
 * Some lines of a file. A line on which a secret was found is never shown.
 */
export type ExcerptView = { 
/**
 * The number of the first line.
 */
first: number, 
/**
 * The lines; `None` where one is hidden because it looks like it holds a secret.
 */
lines: Array<string | null>, 
/**
 * Number of lines the file has.
 */
total: number, };

/**
 * A configuration file, checked.
 */
export type FileCheck = { 
/**
 * Ticket by which the file is named from now on.
 */
ticket: FileTicket, path: string, name: string, 
/**
 * Every finding: errors first, then by place.
 */
findings: Array<FindingView>, 
/**
 * Number of errors; they block.
 */
errors: number, warnings: number, 
/**
 * Content; `None` where errors leave nothing to use.
 */
configuration: ConfigurationSummary | null, 
/**
 * Whether it is a backup in a file of its own, which can be restored and not imported.
 */
is_backup: boolean, };

/**
 * Names a file to be checked.
 */
export type FileChoice = { file: NamedFile, };

/**
 * `file_destination`: where to write.
 */
export type FileDestination = { purpose: FilePurpose, 
/**
 * The name that is offered; whatever no file can be named is replaced.
 */
suggested: string, };

/**
 * Something is being dragged over the window.
 */
export type FileHovering = { 
/**
 * Whether it is over the window now.
 */
over: boolean, };

/**
 * A file that was opened with the application, or dropped on its window.
 */
export type FileOpened = { file: ChosenFile, };

/**
 * `file_pick`: which file to open.
 */
export type FilePick = { purpose: FilePurpose, };

/**
 * Purpose of a file dialog.
 */
export type FilePurpose = "configuration" | "backup" | "ca_file" | "plan_page" | "history_csv" | "history_json" | "support_bundle";

/**
 * Names a file that a person chose. Rust holds which one it is, and what it was chosen for.
 */
export type FileTicket = string;

/**
 * The closed list of findings. Serialised in snake case; the rules stand in docs/RULES.md#the-configuration-file.
 */
export type FindingCode = "empty_file" | "too_large" | "not_utf8" | "invalid_json" | "too_deep" | "text_too_long" | "duplicate_key" | "reserved_key" | "wrong_type" | "missing_version" | "invalid_version" | "unsupported_version" | "newer_minor_version" | "missing_agent" | "missing_agent_id" | "agent_id_not_addressable" | "missing_agent_name" | "invalid_resource_id" | "missing_type" | "missing_permissions" | "permissions_not_array" | "unknown_permission" | "repeated_permission" | "empty_permissions" | "tables_not_array" | "table_not_listed" | "metadata_not_object" | "unknown_key" | "not_portable" | "secret" | "too_many_findings";

/**
 * One finding of a validation report.
 */
export type FindingView = { severity: Severity, 
/**
 * Rule, as in `--json`.
 */
code: FindingCode, pointer: string, line: number | null, column: number | null, message: string, hint: string | null, };

/**
 * One group of a plan.
 */
export type GroupView = { group: RowGroup, count: number, 
/**
 * Whether its rows can be ticked.
 */
tickable: boolean, 
/**
 * Whether they are ticked until the person says otherwise. What loses access is not.
 */
ticked: boolean, };

/**
 * `history_export`: all of it, into a file; as CSV or as JSON, by what that was chosen for.
 */
export type HistoryExport = { 
/**
 * Destination, as `file_destination` answered.
 */
file: FileTicket, };

/**
 * `history_list`: which part of it.
 */
export type HistoryRequest = { 
/**
 * Only of this environment (id).
 */
environment: string | null, 
/**
 * Only of this agent.
 */
agent: string | null, 
/**
 * Only of this kind.
 */
kind: EntryKind | null, 
/**
 * Only with this outcome.
 */
outcome: EntryOutcome | null, 
/**
 * Only by this account.
 */
actor: string | null, 
/**
 * Only what began then or later, RFC 3339.
 */
from: string | null, 
/**
 * Only what began before then, RFC 3339.
 */
until: string | null, 
/**
 * Only entries that contain this.
 */
search: string, 
/**
 * Number of newer entries to leave out: how many the page has already. At most 100 are answered.
 */
skip: number, };

/**
 * An environment that the history knows.
 */
export type HistoryServer = { 
/**
 * The id; `None` for a server without a profile.
 */
id: string | null, 
/**
 * The name then, or its URL.
 */
name: string, };

/**
 * A part of the history.
 */
export type HistoryView = { 
/**
 * The entries, newest first.
 */
entries: Array<EntryView>, 
/**
 * Number that match in all.
 */
total: number, 
/**
 * Whether there is anything at all, whatever the filter.
 */
empty: boolean, 
/**
 * Choices of the filters.
 */
agents: Array<string>, actors: Array<string>, 
/**
 * Environments, also those that are gone.
 */
environments: Array<HistoryServer>, };

/**
 * `plan_import`: from a file.
 */
export type ImportRequest = { file: NamedFile, 
/**
 * The target environment's id.
 */
to: string, mode: PlanMode, };

/**
 * Names an interrupted operation.
 */
export type InterruptedChoice = { operation: string, };

/**
 * An operation without an end.
 */
export type InterruptedView = { 
/**
 * The id, by which the history shows it.
 */
operation: string, 
/**
 * "promotion of my-agent to Production by maria".
 */
words: string, agent: string, 
/**
 * When it began, RFC 3339.
 */
at: string, 
/**
 * Whether its plan may be finished instead: it had begun to write.
 */
finishable: boolean, 
/**
 * Reason it is not recovered yet; `None` where that was not tried.
 */
waits: ErrorReport | null, };

/**
 * When the keychain asks for a password before it hands out an environment's key.
 */
export type KeyPrompt = "never" | "idle" | "always";

/**
 * `environment_key_set`: store or replace a key.
 */
export type KeySet = { id: string, 
/**
 * The key. Goes in once and never comes back.
 */
key: string, };

/**
 * State of a key, without the key.
 */
export type KeyView = { "state": "stored", 
/**
 * The last characters, preceded by "…"; empty for a key too short to show any of it.
 */
ending: string, 
/**
 * When it was stored, RFC 3339.
 */
set_at: string | null, 
/**
 * Kept for this session only.
 */
session_only: boolean, } | { "state": "asking" } | { "state": "missing" } | { "state": "locked" } | { "state": "silent" } | { "state": "absent" } | { "state": "failed", error: ErrorReport, };

/**
 * State of the keychain.
 */
export type KeychainState = "ready" | "locked" | "silent" | "absent" | "session";

/**
 * Whether there is a keychain, and what the person can do about it.
 */
export type KeychainView = { state: KeychainState, 
/**
 * One plain sentence: what that means.
 */
message: string, 
/**
 * Hint, where something can be done.
 */
hint: string | null, 
/**
 * Words of the system, one line each, for whoever wants to know.
 */
details: Array<string>, };

/**
 * `history_last`: the last change of an environment. One that was never changed has none.
 */
export type LastChange = { 
/**
 * The environment's id.
 */
environment: string, 
/**
 * The history's entry of it.
 */
id: string, 
/**
 * "Promoted my-agent from Staging".
 */
title: string, 
/**
 * The account.
 */
actor: string | null, 
/**
 * When it began, RFC 3339.
 */
at: string, };

/**
 * Something that aidb is made with.
 */
export type LicenceView = { name: string, version: string, 
/**
 * The licence, as its authors write it.
 */
licence: string, };

/**
 * Choice for the database.
 */
export type LinkChoice = { "kind": "later" } | { "kind": "remembered" } | { "kind": "with", 
/**
 * The connection string. Goes in once and never comes back.
 */
connection_string: string, 
/**
 * Whether to keep it in the keychain.
 */
remember: boolean, };

/**
 * `plan_link`: say what to do about the database. Makes the plan anew; answers the new one, the old ticket is gone.
 */
export type LinkRequest = { plan: PlanTicket, link: LinkChoice, };

/**
 * `link_test`: have the target's server try a connection string, without linking anything.
 */
export type LinkTest = { 
/**
 * The plan whose target tries it.
 */
plan: PlanTicket, 
/**
 * The connection string; `None`: the remembered one.
 */
connection_string: string | null, };

/**
 * Result of the server's try.
 */
export type LinkTestView = { 
/**
 * Whether it could connect.
 */
works: boolean, 
/**
 * One sentence. Never the server's own text, which can echo the connection string.
 */
message: string, };

/**
 * Loss of one resource in one operation.
 */
export type LossView = { 
/**
 * The operation. Its backup leads back.
 */
entry: EntryView, 
/**
 * The resource; `None`: the agent itself was deleted.
 */
resource: string | null, 
/**
 * The permissions that were taken.
 */
permissions: Array<string>, };

/**
 * `history_losses`: what took access away.
 */
export type LossesRequest = { 
/**
 * Each has to do with it: part of an agent, a resource, an environment, an account or a reason.
 */
words: Array<string>, 
/**
 * Only what began then or later, RFC 3339.
 */
from: string | null, 
/**
 * Only what began before then, RFC 3339.
 */
until: string | null, };

/**
 * Losses, the most first.
 */
export type LossesView = { losses: Array<LossView>, total: number, };

/**
 * Loss of memory at a server.
 */
export type LostView = { 
/**
 * Number of agents it had.
 */
agents: number, 
/**
 * When aidb saw the last of them, RFC 3339.
 */
at: string, };

/**
 * Names a file to be read.
 */
export type NamedFile = { "kind": "chosen", ticket: FileTicket, } | { "kind": "typed", 
/**
 * As typed. `~` stands for the person's folder.
 */
path: string, };

/**
 * The closed list of things a plan points out besides its changes.
 */
export type NoteCode = "new_api_key" | "loses_access" | "database_not_linked" | "database_left_behind" | "goes_to_partner" | "already_linked" | "connection_name_lost" | "rate_limits_unknown" | "link_not_reversible" | "table_missing" | "tables_unavailable" | "emptied_instead" | "deletes_agent" | "withheld" | "server_emptied";

/**
 * Rule behind a note: one of the engine's, or one of the window's own.
 */
export type NoteCodeView = NoteCode | WindowNote;

/**
 * Something a plan points out besides its changes.
 */
export type NoteView = { 
/**
 * Rule, as in `--json`.
 */
code: NoteCodeView, weight: NoteWeight, message: string, };

/**
 * Weight of a note.
 */
export type NoteWeight = "info" | "warning" | "risk";

/**
 * Leads to another entry.
 */
export type OtherEntry = { id: string, 
/**
 * "Promotion of my-agent interrupted".
 */
title: string, };

export type OverviewRowView = { agent: string, name: string | null, 
/**
 * Its own further information: an owner, a description.
 */
info: { [key in string]: string }, 
/**
 * Number of its resource permissions in the first stage that could be read.
 */
resources: number | null, 
/**
 * Its id in each stage: not the same everywhere where it is paired.
 */
ids: Array<string>, 
/**
 * One for each stage.
 */
cells: Array<CellView>, };

/**
 * `overview_read`, `overview_last`: every agent of every environment.
 */
export type OverviewView = { 
/**
 * When it was read, RFC 3339.
 */
at: string, 
/**
 * In stage order.
 */
stages: Array<StageView>, rows: Array<OverviewRowView>, 
/**
 * Agents of different ids that may be one.
 */
suggested: Array<Array<PairMemberView>>, 
/**
 * Why it will not be there at the next start.
 */
unkept: ErrorReport | null, };

/**
 * `pair_declare`.
 */
export type PairDeclare = { members: Array<PairMemberView>, };

/**
 * An agent of an environment.
 */
export type PairMemberView = { 
/**
 * Id of the environment.
 */
environment: string, agent: string, };

/**
 * The answer of a dialog.
 */
export type PickedFile = { 
/**
 * The file; `None`: the person closed the dialog.
 */
file: ChosenFile | null, };

export type PlanChoice = { plan: PlanTicket, };

/**
 * Origin of a plan.
 */
export type PlanKind = "promotion" | "import" | "rollback" | "comparison" | "past";

/**
 * Treatment of what the goal does not name.
 */
export type PlanMode = "merge" | "exact";

/**
 * `plan_page_save`: as a page for an approver.
 */
export type PlanPageSave = { plan: PlanTicket, ticks: Ticks, 
/**
 * Destination, as `file_destination` answered.
 */
file: FileTicket, };

/**
 * Target of a plan.
 */
export type PlanTarget = { 
/**
 * The environment's id; `None` for a server that has no profile any more.
 */
environment: string | null, name: string, url: string, colour: Colour, 
/**
 * Whether its name has to be typed.
 */
protected: boolean, };

/**
 * A plan in words.
 */
export type PlanText = { 
/**
 * As text, for a message to somebody.
 */
text: string, 
/**
 * Command line for the same; `None` where there is none.
 */
command: string | null, 
/**
 * What the command line does otherwise than these ticks.
 */
command_note: string | null, };

/**
 * Names a plan that Rust holds for the page.
 */
export type PlanTicket = string;

/**
 * A plan: everything but its rows, which come in pieces (`plan_rows`).
 */
export type PlanView = { plan: PlanTicket, kind: PlanKind, 
/**
 * The agent it is for.
 */
agent_id: string, mode: PlanMode, 
/**
 * Source, in words: an environment's name, a file's name, "the backup of …".
 */
source: string, 
/**
 * Target; `None` for a comparison without an environment on the right.
 */
target: PlanTarget | null, 
/**
 * The groups that hold anything, in the order in which they are shown.
 */
groups: Array<GroupView>, 
/**
 * The risk line and everything else to know: the weightiest first.
 */
notes: Array<NoteView>, 
/**
 * Facts about the database; `None` where there is nothing to say.
 */
database: DatabaseView | null, 
/**
 * When it was made, RFC 3339.
 */
made_at: string, 
/**
 * Whether source and target say the same already: nothing to apply.
 */
same: boolean, 
/**
 * Of a plan that was applied: why everything that is left was left, where that is one reason for several rows.
 */
left_because: string | null, };

/**
 * Progress of a running command. At most twenty a second, however many items go by.
 */
export type Progress = { stage: ProgressStage, 
/**
 * Number of items of the stage that are finished.
 */
done: number, 
/**
 * Number; 0: not counted.
 */
items: number, 
/**
 * Time the stage has been going on, in milliseconds.
 */
elapsed_ms: number, 
/**
 * The item that was finished last.
 */
subject: string | null, 
/**
 * A call that is being tried again.
 */
retry: RetryView | null, 
/**
 * An agent of several that began or ended.
 */
agent?: AgentProgress, };

/**
 * Current action.
 */
export type ProgressStage = "reading" | "backing_up" | "applying" | "verifying" | "putting_back";

/**
 * `plan_promote`: from one environment to another.
 */
export type PromoteRequest = { 
/**
 * The source environment's id.
 */
from: string, agent: string, 
/**
 * The target environment's id.
 */
to: string, mode: PlanMode, };

/**
 * Whether an environment can be worked with.
 */
export type Reachability = "reachable" | "key_missing" | "key_refused" | "unreachable";

/**
 * End of an interrupted operation.
 */
export type RecoveredEnd = { "end": "nothing_written" } | { "end": "recovered", outcome: ApplyOutcome, sentence: string, 
/**
 * Whether something is left that somebody has to look at.
 */
left: number, 
/**
 * Failure to clear up afterwards.
 */
unrecorded: ErrorReport | null, } | { "end": "waiting", error: ErrorReport, };

/**
 * An operation that was interrupted, and what became of it.
 */
export type RecoveredView = { 
/**
 * As it was left.
 */
interrupted: InterruptedView, end: RecoveredEnd, };

/**
 * `recovery_run`: which one, and how.
 */
export type RecoveryChoice = { operation: string, mode: RecoveryMode, };

/**
 * Way to recover an interrupted operation.
 */
export type RecoveryMode = "put_back" | "finish";

/**
 * Consequences of removing an environment, and what stays: shown before, and after.
 */
export type RemovalView = { name: string, 
/**
 * Removed, a sentence each.
 */
goes: Array<string>, 
/**
 * Kept, a sentence each.
 */
stays: Array<string>, };

/**
 * Backup or file to restore.
 */
export type RestoreChoice = { "kind": "backup", id: string, } | { "kind": "file", file: NamedFile, };

/**
 * `plan_restore`: from a backup, or a file in the place of one.
 */
export type RestoreRequest = { from: RestoreChoice, 
/**
 * The target environment's id; `None`: where the backup was taken.
 */
to: string | null, mode: PlanMode, };

/**
 * Source of a restore, in words that outlive a start.
 */
export type RestoreSource = { "kind": "backup", id: string, } | { "kind": "file", path: string, };

/**
 * A call that is being tried again.
 */
export type RetryView = { what: string, 
/**
 * Number of the failed attempt, from 1.
 */
attempt: number, 
/**
 * Time until the next one, in milliseconds.
 */
wait_ms: number, reason: string, };

/**
 * A group of rows.
 */
export type RowGroup = "register" | "link_database" | "gains_access" | "changes" | "loses_access" | "delete_agent" | "cannot_change" | "kept" | "same";

/**
 * Result of a row of an applied plan.
 */
export type RowOutcome = "applied" | "put_back" | "left" | "failed" | "not_reached";

export type RowView = { 
/**
 * Names it within its plan, for ticks.
 */
key: string, 
/**
 * Subject: the resource id, "agent", "database", a field's name.
 */
subject: string, type: string | null, words: string, 
/**
 * Permissions before and after, in the order read, write, delete, admin.
 */
chips: Array<ChipView>, 
/**
 * Remark beside the chips: that it is new, that its entry goes, that its type changes.
 */
besides: string | null, 
/**
 * Result, for a plan that was applied.
 */
outcome: RowOutcome | null, 
/**
 * Reason it was left, one sentence, where it was.
 */
reason: string | null, };

/**
 * `plan_rows`: a piece of a group.
 */
export type RowsRequest = { plan: PlanTicket, group: RowGroup, 
/**
 * Only rows whose id, type or words contain this; empty: all.
 */
search: string, 
/**
 * The first row, from 0. At most 200 rows are answered.
 */
from: number, };

/**
 * A piece of a group.
 */
export type RowsView = { 
/**
 * Number of rows that match in all.
 */
total: number, 
/**
 * The rows from `from` on.
 */
rows: Array<RowView>, };

/**
 * Whether the sandbox runs.
 */
export type SandboxState = { "state": "off" } | { "state": "running" } | { "state": "failed", error: ErrorReport, };

export type Settings = { 
/**
 * Light, dark, or as the system says.
 */
theme: Theme, 
/**
 * Number of requests at once, 1 to 32.
 */
parallel_requests: number, 
/**
 * Zoom of the page, in percent: 50 to 200.
 */
zoom: number, };

export type SettingsSave = { settings: Settings, };

/**
 * Severity of a finding: an error keeps a configuration from being used, a warning does not.
 */
export type Severity = "error" | "warning";

/**
 * A difference as it was shown: another one than that is not accepted.
 */
export type ShownDifference = { item: string, digest: string, };

export type SideChoice = { "kind": "live", environment: string, agent: string, } | { "kind": "file", file: NamedFile, } | { "kind": "backup", id: string, };

/**
 * One environment, with the number of its agents that are worth a look.
 */
export type StageView = { 
/**
 * Id of the environment.
 */
environment: string, 
/**
 * Number of agents that differ from the stage before.
 */
differing: number, 
/**
 * Number of agents of other environments that it lacks.
 */
missing: number, 
/**
 * Why it could not be read.
 */
error: ErrorReport | null, };

/**
 * A difference from the stage before.
 */
export type StagedDifferenceView = { shown: ShownDifference, 
/**
 * Declaration that it is on purpose.
 */
accepted: AcceptedView | null, };

/**
 * One item in all stages.
 */
export type StagedItemView = { 
/**
 * Id of the resource, or name of the field.
 */
name: string, resource: boolean, 
/**
 * One for each stage.
 */
values: Array<StagedValueView>, };

/**
 * An item in one stage.
 */
export type StagedValueView = { 
/**
 * `null` where it says nothing.
 */
text: string | null, 
/**
 * How that differs from the stage before.
 */
differences: Array<StagedDifferenceView>, };

/**
 * Everything the page needs to draw its first screen, in one answer.
 */
export type StartView = { version: string, data_folder: string, settings: Settings, 
/**
 * The keychain, as far as it can be seen without asking it for anything; `None`: it is being asked.
 */
keychain: KeychainView | null, 
/**
 * The environments in stage order.
 */
environments: Array<EnvironmentView>, 
/**
 * Whether the sandbox runs.
 */
sandbox: SandboxState, 
/**
 * A configuration file that the application was opened with.
 */
open_file: ChosenFile | null, 
/**
 * A half-filled wizard from before.
 */
draft: Draft | null, 
/**
 * Batches that dead processes left.
 */
batches: Array<BatchLeft>, 
/**
 * Troubles of the start, in a sentence each; the rest works.
 */
troubles: Array<Trouble>, };

/**
 * `support_bundle`: what support needs, without secrets.
 */
export type SupportBundle = { 
/**
 * Destination, as `file_destination` answered.
 */
file: FileTicket, };

/**
 * `text_copy`: a text for the clipboard.
 */
export type TextCopy = { text: string, };

/**
 * Light, dark, or as the system says.
 */
export type Theme = "system" | "light" | "dark";

/**
 * A plan with what is ticked in it.
 */
export type TickedPlan = { plan: PlanTicket, ticks: Ticks, };

/**
 * Ticked rows: a rule for each group, and the rows that are the other way round.
 */
export type Ticks = { 
/**
 * Groups whose rule is not the plan's own.
 */
groups: Partial<Record<RowGroup, boolean>>, 
/**
 * Keys of rows that are the other way round than their group.
 */
except: Array<string>, };

/**
 * A change of an agent on its timeline.
 */
export type TimelineDot = { id: string, at: string, server: HistoryServer, kind: EntryKind, outcome: EntryOutcome, title: string, };

/**
 * A problem with something that was read besides: shown beside the rest, which stays usable.
 */
export type Trouble = { subject: string, error: ErrorReport, };

/**
 * `window_unsaved`: whether a form holds what was not saved.
 */
export type Unsaved = { unsaved: boolean, };

/**
 * The window's own notes.
 */
export type WindowNote = "register_first" | "other_environment";

/**
 * A file that was written.
 */
export type WrittenFile = { path: string, message: string, 
/**
 * Notes, a sentence each.
 */
notes: Array<string>, };

/** What each command takes and answers. */
export interface Commands {
  app_start: { request: null; answer: StartView };
  settings_save: { request: SettingsSave; answer: Settings };
  draft_save: { request: DraftSave; answer: null };
  data_folder_open: { request: null; answer: null };
  licence_list: { request: null; answer: Array<LicenceView> };
  support_bundle: { request: SupportBundle; answer: WrittenFile };
  window_close: { request: null; answer: null };
  window_unsaved: { request: Unsaved; answer: null };
  text_copy: { request: TextCopy; answer: null };
  sandbox_start: { request: null; answer: Array<EnvironmentView> };
  sandbox_remove: { request: null; answer: Array<EnvironmentView> };
  keychain_status: { request: null; answer: KeychainView };
  keychain_unlock: { request: null; answer: KeychainView };
  keychain_session: { request: null; answer: KeychainView };
  environment_list: { request: null; answer: Array<EnvironmentView> };
  environment_save: { request: EnvironmentSave; answer: EnvironmentView };
  environment_removal: { request: EnvironmentChoice; answer: RemovalView };
  environment_remove: { request: EnvironmentChoice; answer: RemovalView };
  environment_order: { request: EnvironmentOrder; answer: Array<EnvironmentView> };
  environment_key_set: { request: KeySet; answer: EnvironmentView };
  environment_key_remove: { request: EnvironmentChoice; answer: EnvironmentView };
  environment_test: { request: EnvironmentTest; answer: ConnectionView };
  environment_check: { request: EnvironmentChoice; answer: EnvironmentView };
  agent_list: { request: AgentListRequest; answer: AgentsView };
  agent_check: { request: AgentChoice; answer: AgentCheck };
  agent_export: { request: AgentExport; answer: WrittenFile };
  agent_key_copy: { request: AgentKeyCopy; answer: CopiedView };
  overview_read: { request: null; answer: OverviewView };
  overview_stop: { request: null; answer: null };
  overview_last: { request: null; answer: OverviewView | null };
  agent_stages: { request: PairMemberView; answer: AgentStagesView };
  pair_declare: { request: PairDeclare; answer: null };
  pair_dissolve: { request: PairMemberView; answer: null };
  difference_accept: { request: DifferenceAccept; answer: null };
  difference_withdraw: { request: DifferenceWithdraw; answer: null };
  file_pick: { request: FilePick; answer: PickedFile };
  file_destination: { request: FileDestination; answer: PickedFile };
  file_check: { request: FileChoice; answer: FileCheck };
  file_check_stop: { request: FileChoice; answer: null };
  file_excerpt: { request: ExcerptRequest; answer: ExcerptView };
  plan_promote: { request: PromoteRequest; answer: PlanView };
  plan_import: { request: ImportRequest; answer: PlanView };
  plan_restore: { request: RestoreRequest; answer: PlanView };
  plan_link: { request: LinkRequest; answer: PlanView };
  link_test: { request: LinkTest; answer: LinkTestView };
  plan_rows: { request: RowsRequest; answer: RowsView };
  plan_text: { request: TickedPlan; answer: PlanText };
  plan_page_save: { request: PlanPageSave; answer: WrittenFile };
  plan_discard: { request: PlanChoice; answer: null };
  plan_apply: { request: ApplyRequest; answer: ApplyAnswer };
  plan_cancel: { request: PlanChoice; answer: null };
  batch_plan: { request: BatchPlan; answer: BatchPlanView };
  batch_open: { request: BatchOpen; answer: PlanView };
  batch_apply: { request: BatchApply; answer: BatchEndView };
  batch_stop: { request: BatchStopRequest; answer: null };
  batch_discard: { request: PlanChoice; answer: null };
  batch_leave: { request: BatchChoice; answer: null };
  recovery_start: { request: null; answer: Array<RecoveredView> };
  recovery_list: { request: null; answer: Array<InterruptedView> };
  recovery_run: { request: RecoveryChoice; answer: Array<RecoveredView> };
  recovery_leave: { request: InterruptedChoice; answer: null };
  compare: { request: CompareRequest; answer: PlanView };
  compare_texts: { request: PlanChoice; answer: CompareTexts };
  history_list: { request: HistoryRequest; answer: HistoryView };
  history_last: { request: null; answer: Array<LastChange> };
  history_losses: { request: LossesRequest; answer: LossesView };
  history_entry: { request: EntryChoice; answer: EntryDetail };
  entry_key: { request: EntryChoice; answer: EntryKey };
  history_export: { request: HistoryExport; answer: WrittenFile };
  backup_now: { request: BackupChoice; answer: BackupNow };
  backup_take: { request: BackupTake; answer: BackupView };
  backup_update: { request: BackupUpdate; answer: BackupView };
  backup_export: { request: BackupExport; answer: WrittenFile };
  backups_verify: { request: null; answer: BackupsChecked };
}

/** What reaches the page unasked. */
export interface Events {
  file_opened: FileOpened;
  file_hovering: FileHovering;
  close_asked: CloseAsked;
}

export type CommandName = keyof Commands;
export type EventName = keyof Events;
