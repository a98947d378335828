import { dirname } from "node:path";
import { Contender } from "../contender.js";
import { errnoOf } from "../errors.js";
import { breakDead, mayBreak, underGuard } from "../guard.js";
import { nodeSystem } from "../identity.js";
import { lookSteps } from "../look.js";
import { systemError } from "../messages.js";
import type { Settings } from "../options.js";
import { intentPath } from "../paths.js";
import { disown, own } from "../shared.js";
import { publish } from "../sidecar.js";
import { type Finding, isSame } from "../subject.js";
import type { Steps } from "../wait.js";
import { intentBytes, OwnIntent } from "./own-intent.js";
import { makePrivate, putOver } from "./put-over.js";
import { own as member } from "./text.js";

/** `sent`: may have been, and may yet be; `rejected`: the provider said no; `unknown`: nothing will be sent any more. */
export type IntentState = "sent" | "rejected" | "unknown";

/** What is at the name of the intent of one generation. */
export type SeenIntent =
  | { readonly kind: "none" }
  | { readonly kind: "unreadable"; readonly finding: Finding | undefined }
  | {
      readonly kind: "intent";
      readonly state: IntentState;
      readonly reason: string | undefined;
      readonly finding: Finding;
      /** Its maker is conclusively dead. */
      readonly isDead: boolean;
    };

const CLOSED = new Set(["EACCES", "EPERM"]);
const NONE: SeenIntent = { kind: "none" };

/** The small file that says that a generation is being spent (REFRESH-4, REFRESH-5). */
export class IntentFile extends Contender {
  readonly path: string;
  readonly #generation: string;

  constructor(directory: string, generation: string, settings: Settings) {
    const path = intentPath(directory, generation);
    super({ target: path, directory, lockPath: path, guardPath: `${path}.reclaim` }, settings, nodeSystem);
    this.path = path;
    this.#generation = generation;
  }

  *look(): Steps<SeenIntent> {
    let finding: Finding | undefined;
    try {
      finding = yield* lookSteps(this.subject(this.path));
    } catch (error) {
      // It is there, and somebody else's. What fails otherwise says nothing of it, and is told as it is.
      const isClosed = CLOSED.has(errnoOf(error) ?? "");
      if (!isClosed) throw systemError(this.call, error, this.path);
      return { kind: "unreadable", finding: undefined };
    }
    return finding ? this.#read(finding) : NONE;
  }

  #read(finding: Finding): SeenIntent {
    const content = parse(finding.file.bytes);
    const state = member(content, "state");
    const isWhole = member(content, "generation") === this.#generation && finding.evidence.pid !== null;
    if (!isWhole || (state !== "sent" && state !== "rejected" && state !== "unknown")) {
      return { kind: "unreadable", finding };
    }
    const { verdict, conclusive } = finding.judgement;
    const isDead = verdict === "stale" && conclusive && !finding.question?.isFirst;
    const reason = member(content, "reason");
    return { kind: "intent", state, reason: typeof reason === "string" ? reason : undefined, finding, isDead };
  }

  /** Publishes our intent, if there is none: the name, not the lock, is what keeps others from sending. */
  publish(): OwnIntent | undefined {
    return this.calling(this.path, () => {
      const draft = this.#draft();
      const publication = publish(this.path, dirname(this.path), draft, { candidate: makePrivate });
      return publication && OwnIntent.synced(publication, false);
    });
  }

  /**
   * Puts our intent over one that may be resent (REFRESH-5), under its guard: without, whoever has lost the locks would
   * replace the intent of somebody who is sending. What was there is never removed first: nothing would say then that
   * the token has been sent.
   *
   * @returns undefined when somebody else is at it, or it is no longer what was judged.
   */
  *supplant(judged: Finding): Steps<OwnIntent | undefined> {
    const guard = yield* lookSteps(this.subject(this.paths.guardPath));
    if (guard) {
      const obstacle = mayBreak(guard) ? this.calling(guard.path, () => breakDead(this, guard)) : undefined;
      if (obstacle?.question) yield obstacle.question;
      return undefined;
    }
    let intent: OwnIntent | undefined;
    this.calling(this.path, () => {
      underGuard(this, () => {
        intent = this.#replace(judged);
      });
    });
    return intent;
  }

  #replace(judged: Finding): OwnIntent | undefined {
    const draft = this.#draft();
    const owned = own(this.path, draft.bytes, draft.witness);
    owned.kept = true;
    let fd: number | undefined;
    try {
      fd = putOver(this.path, draft.bytes, () => this.#mayReplace(judged));
    } finally {
      if (fd === undefined) disown(owned);
    }
    if (fd === undefined) return undefined;
    return OwnIntent.synced({ path: this.path, bytes: draft.bytes, token: draft.token, owned, fd }, true);
  }

  // Judged again under the guard, where nobody can be asked: what was refused before is known.
  #mayReplace(judged: Finding): boolean {
    const again = this.subject(this.path).look();
    if (!again || !isSame(judged.file, again.file)) return false;
    const seen = this.#read(again);
    return seen.kind === "intent" && (seen.state === "unknown" || seen.isDead);
  }

  #draft() {
    const draft = this.draft({ purpose: this.settings.purpose });
    return { ...draft, bytes: intentBytes(draft.bytes, { generation: this.#generation, state: "sent" }) };
  }
}

function parse(bytes: Buffer | undefined): unknown {
  try {
    return bytes && JSON.parse(bytes.toString("utf8"));
  } catch {
    return undefined;
  }
}
