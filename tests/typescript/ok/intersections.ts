type All = (A | B) & C & { shared: "x" | "y" } & unknown;
interface A { a: number; shared: string }
interface B { b: number }
type C = { c: boolean } & {};
