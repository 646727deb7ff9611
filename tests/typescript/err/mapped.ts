type A = { [K in "a" | "b"]: 1 }
