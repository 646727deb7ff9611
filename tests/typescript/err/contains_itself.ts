// root: A
type A = B & { a: 1 }
type B = A | { b: 1 }
