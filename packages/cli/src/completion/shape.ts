import type { Command, Option } from "commander";

/** What can be completed of the command line: taken from the commands themselves, so that it cannot be out of date. */
export interface Shape {
  readonly name: string;
  readonly description: string;
  readonly options: readonly OptionShape[];
}

export interface OptionShape {
  /** `--long`, and `-s` where there is one. */
  readonly flags: readonly string[];
  readonly description: string;
  readonly takes: "nothing" | "a file" | "a value";
}

export function shapesOf(root: Command): Shape[] {
  return root.commands.map((command) => ({
    name: command.name(),
    description: firstSentence(command.description()),
    options: [...command.options.map(shapeOf), HELP],
  }));
}

const HELP: OptionShape = { flags: ["-h", "--help"], description: "show help", takes: "nothing" };

function shapeOf({ long, short, description, flags }: Option): OptionShape {
  return {
    flags: [short, long].filter((flag) => flag !== undefined && flag !== null),
    description: firstSentence(description),
    takes: /<file>/.test(flags) ? "a file" : /[<[]/.test(flags) ? "a value" : "nothing",
  };
}

// To the first stop or semicolon, without what a shell would take for its own.
function firstSentence(text: string): string {
  return text
    .replace(/[.;:(].*$/s, "")
    .replace(/['"`\\$[\]]/g, "")
    .trim();
}
