import { Argument, type Command } from "commander";
import { SHELLS, type Shell } from "../completion/shells.js";

export function addCompletion(program: Command): void {
  program
    .command("completion")
    .description("Print what a shell needs to complete this command line.")
    .addArgument(new Argument("<shell>", "whose").choices(SHELLS))
    .addHelpText("after", HELP)
    .action(async (shell: Shell) => {
      const [{ scriptFor }, { shapesOf }, { Output }] = await Promise.all([
        import("../completion/scripts.js"),
        import("../completion/shape.js"),
        import("../render/output.js"),
      ]);
      await new Output().write(scriptFor(shell, shapesOf(program)));
    });
}

const HELP = `
Examples:
  eval "$(openclaw-locks completion bash)"                  # in ~/.bashrc
  openclaw-locks completion zsh > "\${fpath[1]}/_openclaw-locks"
  openclaw-locks completion fish > ~/.config/fish/completions/openclaw-locks.fish

Exit status:
  0   printed
  64  the command line is wrong
`;
