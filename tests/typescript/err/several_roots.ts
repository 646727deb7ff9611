export type A = 1;
export type B = 2;
type C = 3;
