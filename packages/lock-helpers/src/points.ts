/** A named place between two steps (spec/points.md), where tests stop, kill or interrupt a process. */
export type Point =
  | "witness:listening"
  | "witness:named"
  | "acquire:looked"
  | "acquire:candidate"
  | "acquire:linked"
  | "reclaim:judged"
  | "reclaim:guarded"
  | "reclaim:rejudged"
  | "reclaim:unlinked"
  | "reclaim:published"
  | "reclaim:unguarding"
  | "break:marked"
  | "break:compared"
  | "break:unlinked"
  | "release:compared"
  | "release:unlinked"
  | "store:written"
  | "store:verified"
  | "store:renamed"
  | "refresh:read"
  | "refresh:locked"
  | "refresh:intended"
  | "refresh:verified"
  | "refresh:answered"
  | "refresh:saved";

let hook: ((name: Point) => void) | undefined;

/** Installs what is called at every point, or removes it. In production nothing is ever installed. */
export function setPointHook(next: ((name: Point) => void) | undefined): void {
  hook = next;
}

export function point(name: Point): void {
  hook?.(name);
}
