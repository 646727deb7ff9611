import type { B } from "./b";
type A = B;
