type A = { [a: "x"]: 1 }
