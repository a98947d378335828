import type { CaseContext, Random } from "../../engine/case.js";
import { type Container, firstProcess } from "../support/containers.js";
import type { Place } from "./place.js";
import type { Tally } from "./tally.js";

/** Some places that share a fate: one thing after another happens to them. */
export class Fate {
  readonly places: Place[] = [];
  protected readonly context: CaseContext;

  constructor(
    context: CaseContext,
    private readonly random: Random,
    protected readonly tally: Tally,
  ) {
    this.context = context;
  }

  async open(): Promise<void> {
    await Promise.all(this.places.map((place) => place.fill()));
  }

  async close(): Promise<void> {
    await Promise.all(this.places.map((place) => place.kill()));
  }

  protected async all(): Promise<void> {
    await this.random.pick(this.places).restart();
  }

  async run(): Promise<void> {
    while (!this.tally.isOver) {
      await this.context.sleep(this.random.integer(0, 30));
      const place = this.random.pick(this.places);
      const dice = this.random.next();
      if (dice < 0.68) await place.error();
      else if (dice < 0.84) await place.restart();
      else if (dice < 0.94) await place.killAtCall();
      else if (dice < 0.98) await place.freeze();
      else await this.all();
    }
  }
}

/** The places of a container, which can be started again. */
export class ContainerFate extends Fate {
  container: Container | undefined;

  override async open(): Promise<void> {
    this.container = await firstProcess(this.context);
    await super.open();
  }

  override async close(): Promise<void> {
    await super.close();
    await this.container?.end();
  }

  protected override async all(): Promise<void> {
    await this.close();
    await this.open();
    this.tally.restarts += 1;
  }
}
