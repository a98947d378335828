import type { OptionShape, Shape } from "./shape.js";
import { SHELLS, type Shell } from "./shells.js";

const PROGRAM = "openclaw-locks";

/** What a shell has to read to complete our command line. */
export function scriptFor(shell: Shell, shapes: readonly Shape[]): string {
  return { bash, zsh, fish }[shell](shapes);
}

const values = (shape: Shape, takes: OptionShape["takes"]) =>
  shape.options.filter((option) => option.takes === takes).flatMap(({ flags }) => flags);

function bash(shapes: readonly Shape[]): string {
  const cases = shapes.map((shape) => {
    const words = shape.options.flatMap(({ flags }) => flags.filter((flag) => flag.startsWith("--")));
    const valued = values(shape, "a value");
    const skip = valued.length === 0 ? "" : `      case "$previous" in ${valued.join(" | ")}) return ;; esac\n`;
    return `    ${shape.name})\n${skip}      words="${words.join(" ")}" ;;\n`;
  });
  // After two dashes comes a command of the user's.
  return `# bash: eval "$(${PROGRAM} completion bash)"
_openclaw_locks() {
  local word=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]} words= at
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${shapes.map(({ name }) => name).join(" ")} --help --version" -- "$word"))
    return
  fi
  for ((at = 2; at < COMP_CWORD; at++)); do
    if [ "\${COMP_WORDS[at]}" = -- ]; then
      COMPREPLY=($(compgen -c -f -- "$word"))
      return
    fi
  done
  case \${COMP_WORDS[1]} in
    completion)
      COMPREPLY=($(compgen -W "${SHELLS.join(" ")}" -- "$word"))
      return ;;
${cases.join("")}  esac
  case $word in
    -*) COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
    *) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
  esac
}
complete -F _openclaw_locks ${PROGRAM}
`;
}

function zsh(shapes: readonly Shape[]): string {
  const commands = shapes.map(({ name, description }) => `    '${name}:${description}'`);
  const cases = shapes.map((shape) => {
    const options = shape.options.map(({ flags, description, takes }) => {
      const names = flags.length > 1 ? `'(${flags.join(" ")})'{${flags.join(",")}}` : flags[0];
      const value = takes === "nothing" ? "" : takes === "a file" ? ":file:_files" : ":value: ";
      return `${names}'[${description}]${value}'`;
    });
    const rest = shape.name === "completion" ? `'1:shell:(${SHELLS.join(" ")})'` : "'*:file:_files'";
    return `    ${shape.name}) _arguments -S ${[...options, rest].join(" ")} ;;\n`;
  });
  return `#compdef ${PROGRAM}
# zsh: ${PROGRAM} completion zsh > "\${fpath[1]}/_${PROGRAM}"
_openclaw_locks() {
  local -a commands=(
${commands.join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local name=$words[2]
  shift words
  (( CURRENT-- ))
  case $name in
${cases.join("")}  esac
}
if [ "$funcstack[1]" = "_${PROGRAM}" ]; then _openclaw_locks "$@"; else compdef _openclaw_locks ${PROGRAM}; fi
`;
}

function fish(shapes: readonly Shape[]): string {
  const lines = shapes.flatMap(({ name, description, options }) => [
    `complete -c ${PROGRAM} -n __fish_use_subcommand -f -a ${name} -d '${description}'`,
    ...options.map(({ flags, description: what, takes }) => {
      const names = flags.map((flag) => (flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
      const value = takes === "nothing" ? "" : takes === "a file" ? " -r" : " -x";
      return `complete -c ${PROGRAM} -n '__fish_seen_subcommand_from ${name}' ${names.join(" ")}${value} -d '${what}'`;
    }),
  ]);
  return `# fish: ${PROGRAM} completion fish > ~/.config/fish/completions/${PROGRAM}.fish
${lines.join("\n")}
complete -c ${PROGRAM} -n '__fish_seen_subcommand_from completion' -f -a '${SHELLS.join(" ")}'
`;
}
