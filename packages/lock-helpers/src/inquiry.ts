import type { Question, WitnessAnswer } from "./ask-witness.js";
import { monotonic } from "./clock.js";

/** What the witness that these bytes name has last said. */
interface Answered {
  readonly bytes: Buffer;
  readonly answer: WitnessAnswer;
  readonly at: number;
  isUsed: boolean;
}

/** The witness of what stands at one path, as one call knows it: it can only be asked between two judgements. */
export class Inquiry {
  readonly #directory: string;
  readonly #goodForMs: number;
  readonly #onAnswer: () => void;
  #answered: Answered | undefined;

  /** @param goodForMs after so long an answer is doubted; a refusal never is. */
  constructor(directory: string, goodForMs: number, onAnswer: () => void) {
    this.#directory = directory;
    this.#goodForMs = goodForMs;
    this.#onAnswer = onAnswer;
  }

  /** What is known of the witness that these bytes name, and what is to be asked before that counts. */
  recall(bytes: Buffer, name: string): { readonly answer: WitnessAnswer; readonly question: Question | undefined } {
    const known = this.#answered?.bytes.equals(bytes) ? this.#answered : undefined;
    if (known && this.#isGood(known)) {
      known.isUsed = true;
      return { answer: known.answer, question: undefined };
    }
    const answer = (given: WitnessAnswer) => {
      this.#answered = { bytes, answer: given, at: monotonic(), isUsed: false };
      this.#onAnswer();
    };
    const question = { directory: this.#directory, name, isFirst: known === undefined, answer };
    return { answer: known?.answer ?? "unknown", question };
  }

  // A refusal stands for its bytes: nobody ever listens at that name again (WITNESS-8). Any other answer counts for one
  // judgement however long that took to come: else a slow machine would ask for ever.
  #isGood({ answer, isUsed, at }: Answered): boolean {
    return answer === "refused" || !isUsed || monotonic() - at <= this.#goodForMs;
  }
}
