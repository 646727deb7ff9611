/** A person, as a form has it. */
export interface Person {
  readonly name: string;
  /**
   * In years.
   * @integer
   * @minimum 0
   * @maximum 150
   */
  age: number
  "e-mail"?: string | null,
  /** @format date */ born: string; 1: boolean
  /** What they speak, best first. @see nothing */
  languages: Language[];
  born_at?: Date;
}

type Language = "de" | "en" | 'fr';
