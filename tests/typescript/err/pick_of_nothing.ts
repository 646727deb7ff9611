type A = Pick<{ a: 1 }, "b">
