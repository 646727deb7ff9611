type A = Record<{ a: 1 }, 1>
