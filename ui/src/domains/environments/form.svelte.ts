import type { CaChoice, Colour, EnvironmentForm, EnvironmentView, ErrorCode, ErrorReport, KeyPrompt } from "../../contract";
import { namedFile } from "../../state/files";
import { environmentsText as text } from "../../text/en/environments";
import { isPlainBeyondHere } from "./plain";

/** A field of the form that an error can stand at. */
export type FieldName = "name" | "url" | "plain_http" | "ca_file" | "key" | "keep_backups" | "keep_days" | "default_agent";

const fieldOfCode: Partial<Record<ErrorCode, FieldName>> = {
  environment_exists: "name",
  url_invalid: "url",
  plain_http_refused: "plain_http",
  ca_file_invalid: "ca_file",
  keychain_absent: "key",
  keychain_silent: "key",
  keychain_locked: "key",
  key_prompt: "key",
  keychain_failed: "key",
};

/** What a person types into the form of an environment. Never holds a key: that stays in its field. */
export class FormState {
  readonly id: string | null;
  name = $state("");
  url = $state("");
  colour = $state<Colour | null>(null);
  protected = $state(false);
  defaultAgent = $state("");
  caFile = $state("");
  plainHttp = $state(false);
  keyPrompt = $state<KeyPrompt>("never");
  keepBackups = $state("20");
  keepDays = $state("90");
  errors = $state<Partial<Record<FieldName, string>>>({});
  /** What belongs to no field. */
  general = $state.raw<ErrorReport | null>(null);
  /** Rust has refused plain http for this URL. */
  plainRefused = $state(false);
  #saved = $state("");
  #storedCa = "";

  constructor(environment: EnvironmentView | undefined) {
    this.id = environment?.id ?? null;
    if (environment) this.#fill(environment);
    this.#saved = this.#words();
  }

  #fill(environment: EnvironmentView): void {
    this.name = environment.name;
    this.url = environment.url;
    this.colour = environment.colour;
    this.protected = environment.protected;
    this.defaultAgent = environment.default_agent ?? "";
    this.caFile = this.#storedCa = environment.ca_file ?? "";
    this.plainHttp = environment.plain_http;
    this.keyPrompt = environment.key_prompt;
    this.keepBackups = String(environment.keep_backups);
    this.keepDays = String(environment.keep_days);
  }

  get isDirty(): boolean {
    return this.#words() !== this.#saved;
  }

  /** The answer to a save is what stands now. */
  saved(saved: EnvironmentView): void {
    this.#fill(saved);
    this.#saved = this.#words();
    this.clearErrors();
  }

  /** The explicit choice stands where it is needed, or has been made. */
  get asksPlainHttp(): boolean {
    return this.plainHttp || this.plainRefused || isPlainBeyondHere(this.url);
  }

  form(): EnvironmentForm {
    return {
      name: this.name.trim(),
      url: this.url.trim(),
      colour: this.colour,
      protected: this.protected,
      default_agent: this.defaultAgent.trim() || null,
      ca_file: this.#ca(),
      plain_http: this.plainHttp,
      key_prompt: this.keyPrompt,
      keep_backups: Number(this.keepBackups),
      keep_days: Number(this.keepDays),
    };
  }

  /** The one that is stored needs no choosing. */
  #ca(): CaChoice {
    const path = this.caFile.trim();
    if (path === "") return { kind: "none" };
    return path === this.#storedCa ? { kind: "kept" } : { kind: "file", file: namedFile(path) };
  }

  /** Whether what must be a number is one; everything else Rust decides. */
  hasNumbers(): boolean {
    this.clearErrors();
    for (const [field, typed] of [["keep_backups", this.keepBackups], ["keep_days", this.keepDays]] as const) {
      if (!/^\d{1,6}$/.test(String(typed).trim())) this.errors[field] = text.wholeNumber;
    }
    return Object.keys(this.errors).length === 0;
  }

  /** Puts an error where it belongs: at its field, or above the form. */
  refuse(error: ErrorReport): void {
    const field = fieldOfCode[error.code];
    if (field === "plain_http") this.plainRefused = true;
    if (field) this.errors[field] = [error.message, error.hint].filter(Boolean).join(" ");
    else this.general = error;
  }

  clearErrors(): void {
    this.errors = {};
    this.general = null;
  }

  #words(): string {
    return JSON.stringify(this.form());
  }
}
