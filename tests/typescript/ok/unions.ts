export type Shape =
  | { kind: "circle"; radius: number }
  | { kind: "square"; side: number }
  | Nothing;
interface Nothing { kind: "nothing"; why?: Why; how: How; flags: (true | 0 | null | "x")[] }
/** Any text, with suggestions. */
type Why = "lost" | "never there" | (string & {});
type How = string | number | null | never | Nothing;
