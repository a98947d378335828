import { lstatSync, realpathSync } from "node:fs";
import { invalidOptionError } from "../messages.js";
import type { Credential } from "../oauth/credential.js";
import { unavailable } from "../oauth/outcomes.js";
import { own, said } from "../oauth/text.js";
import { mayAdopt, ownerOf } from "./credential.js";
import { type AgentOptions, resolveAgentDir, resolveMainAgentDir, stateDirOf } from "./paths.js";
import { type RecognisedStore, readProfile, recogniseMainStore, recogniseStore } from "./stores.js";

/** Which credential of which agent. */
export interface ProfileOptions extends AgentOptions {
  /** Default `main`. */
  readonly agentId?: string | undefined;
  /** Such as `openai:default`. */
  readonly profileId: string;
  /** Such as `openai`. Default: what the credential says. */
  readonly provider?: string | undefined;
}

/** @internal Where OpenClaw has put a credential, as of one look. */
export interface Located {
  readonly agentStore: RecognisedStore;
  readonly mainStore: RecognisedStore;
  /** The agent's own; undefined for main, which has nothing but main's. */
  readonly agent: Credential | undefined;
  readonly main: Credential | undefined;
  /** In whose store it is refreshed. */
  readonly owner: "main" | "agent" | "none";
}

/** @internal One profile of one agent, in one state directory. */
export class Profile {
  readonly stateDir: string;
  readonly agentDir: string;
  readonly mainAgentDir: string;
  readonly profileId: string;
  readonly #provider: string | undefined;

  constructor(options: ProfileOptions) {
    const { profileId, provider, agentId } = Object(options) as ProfileOptions;
    if (typeof profileId !== "string" || profileId === "") {
      throw invalidOptionError("", "profileId must be a string that is not empty");
    }
    if (provider !== undefined && (typeof provider !== "string" || provider.trim() === "")) {
      throw invalidOptionError(profileId, "provider must be a string that is not blank");
    }
    this.stateDir = stateDirOf(options);
    this.agentDir = resolveAgentDir(agentId, { ...options, stateDir: this.stateDir });
    this.mainAgentDir = resolveMainAgentDir({ ...options, stateDir: this.stateDir });
    this.profileId = profileId;
    this.#provider = provider;
  }

  /** Named in messages. */
  get name(): string {
    return `${this.profileId} in ${this.agentDir}`;
  }

  stores(): { readonly agentStore: RecognisedStore; readonly mainStore: RecognisedStore } {
    return {
      agentStore: recogniseStore(this.agentDir, this.stateDir),
      mainStore: recogniseMainStore(this.mainAgentDir, this.stateDir),
    };
  }

  async locate(): Promise<Located> {
    const { agentStore, mainStore } = this.stores();
    const main = await readProfile(mainStore, this.profileId);
    const agent = isSamePlace(agentStore.path, mainStore.path)
      ? undefined
      : await readProfile(agentStore, this.profileId);
    return { agentStore, mainStore, agent, main, owner: ownerOf(main, agent) };
  }

  /** What the agent uses: its own credential, or main's, where it has none or may adopt it. */
  effectiveOf({ agent, main }: Located): Credential | undefined {
    return agent && !mayAdopt(agent, main) ? agent : main;
  }

  /** Throws where there is no login that is asked for. */
  checked(credential: Credential | undefined): Credential {
    if (!credential) throw unavailable(this.name, "there is no such profile");
    if (own(credential, "type") !== "oauth") throw unavailable(this.name, "it is no OAuth login");
    const wanted = this.#provider?.trim().toLowerCase();
    if (wanted !== undefined && said(credential, "provider").toLowerCase() !== wanted) {
      throw unavailable(this.name, "it is a login at another provider");
    }
    return credential;
  }

  /** The provider that its locks are named after. */
  providerOf(credential: Credential): string {
    return this.#provider ?? said(credential, "provider");
  }
}

// One agent directory may be a link to the other: what is one file has one lock, and one credential.
function isSamePlace(one: string, other: string): boolean {
  if (one === other) return true;
  try {
    return realpathSync.native(one) === realpathSync.native(other) && !lstatSync(one).isSymbolicLink();
  } catch {
    return false;
  }
}
