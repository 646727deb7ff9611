type A = { -readonly [K in "a"]: 1 }
