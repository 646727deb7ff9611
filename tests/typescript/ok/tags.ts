interface Tagged {
  /** @minLength 1
   *  @maxLength 5 */
  short: string;
  /**
   * Some numbers.
   *
   * In two paragraphs.
   * @minItems 1
   * @maxItems 3
   * @uniqueItems
   * @example [1]
   *   and more of the example
   */
  few: number[];
  /** @description Or none. @see x
   * @type {integer}
   * @exclusiveMinimum 0 */
  count: number | null;
  /** @multipleOf 0.5 */ half: number;
  /** @pattern ^[a-z]+$ */ word: string;
  /** @title Old
   * @deprecated use word */
  old?: Word;
  /** @minProperties 1 */
  map: Record<string, 1>;
}
/** A word. */ type Word = string;
